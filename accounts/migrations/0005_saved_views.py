import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_guided_visit"),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("list_name", models.CharField(editable=False, max_length=40)),
                ("name", models.CharField(blank=True, max_length=60, verbose_name="nom de la vue")),
                ("query", models.CharField(blank=True, editable=False, max_length=2000)),
                ("is_default", models.BooleanField(default=False, verbose_name="ouvrir la liste ainsi")),
                (
                    "owner",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_views",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "vue enregistrée",
                "verbose_name_plural": "vues enregistrées",
                "ordering": ("name", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("owner", "list_name", "name"),
                        name="saved_view_name_is_unique",
                        violation_error_message="Vous avez déjà une vue de ce nom.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)),
                        fields=("owner", "list_name"),
                        name="saved_view_has_one_default",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_default", False), models.Q(("name", ""), _negated=True), _connector="OR"
                        ),
                        name="saved_view_default_has_a_name",
                    ),
                ],
            },
        ),
        policies(__file__, "0005_saved_views"),
    ]
