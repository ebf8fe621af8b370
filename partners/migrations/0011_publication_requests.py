"""Create the table of publication requests, beside that of finished publications."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0010_volatile"),
        ("sites", "0007_queued_since"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PublicationRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "en attente"),
                            ("running", "en cours"),
                            ("done", "terminé"),
                            ("failed", "échoué"),
                        ],
                        default="queued",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("progress_done", models.PositiveIntegerField(default=0, editable=False)),
                ("progress_total", models.PositiveIntegerField(default=0, editable=False)),
                ("error", models.TextField(blank=True, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("queued_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("finished_at", models.DateTimeField(editable=False, null=True)),
                ("as_of", models.DateField(verbose_name="niveaux au")),
                (
                    "circle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="publication_requests",
                        to="partners.circle",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "publication",
                    models.OneToOneField(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="request",
                        to="partners.publication",
                    ),
                ),
                (
                    "territory",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sites.territory",
                    ),
                ),
            ],
            options={
                "verbose_name": "publication demandée",
                "verbose_name_plural": "publications demandées",
                "ordering": ("-as_of", "-id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("circle", "as_of"),
                        name="publication_is_asked_for_once_by_day",
                        violation_error_message="Cette publication est déjà demandée.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("publication", None), models.Q(("state", "done"), _negated=True)),
                            models.Q(("publication__isnull", False), ("state", "done")),
                            _connector="OR",
                        ),
                        name="publication_request_ends_with_it",
                    ),
                ],
            },
        ),
        policies(__file__, "0011_publication_requests"),
    ]
