import django.db.models.deletion
from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_index_of_journals"),
        ("sites", "0013_kinds_of_imports"),
    ]

    operations = [
        migrations.CreateModel(
            name="SharedMapping",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("stock", "patrimoine"),
                            ("incidents", "faits"),
                            ("disruptions", "perturbations"),
                            ("observations", "constats permanents"),
                        ],
                        max_length=20,
                        verbose_name="contenu",
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="nom")),
                ("content", models.JSONField(editable=False)),
                ("headers", models.CharField(editable=False, max_length=64)),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="partagée le")),
                (
                    "mapping",
                    models.OneToOneField(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="shared",
                        to="sites.importmapping",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "correspondance partagée",
                "verbose_name_plural": "correspondances partagées",
                "ordering": ("name", "id"),
            },
        ),
        policies(__file__, "0014_shared_mappings"),
    ]
