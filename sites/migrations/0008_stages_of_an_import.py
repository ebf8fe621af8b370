"""Perform imports stage by stage, and keep what a landlord's columns mean, with its policies."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_index_of_journals"),
        ("sites", "0007_queued_since"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="importrun",
            name="analysis",
            field=models.JSONField(default=dict, editable=False),
        ),
        migrations.AddField(
            model_name="importrun",
            name="answers",
            field=models.JSONField(default=dict, editable=False),
        ),
        migrations.AddField(
            model_name="importrun",
            name="mapping",
            field=models.JSONField(default=dict, editable=False),
        ),
        migrations.AddField(
            model_name="importrun",
            name="questions",
            field=models.JSONField(default=list, editable=False),
        ),
        migrations.AddField(
            model_name="importrun",
            name="rejected",
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name="importrun",
            name="stage",
            field=models.CharField(
                choices=[
                    ("analysis", "lecture"),
                    ("preview", "aperçu"),
                    ("import", "import"),
                    ("undo", "annulation"),
                ],
                default="import",
                max_length=10,
                verbose_name="étape",
            ),
        ),
        migrations.AlterField(
            model_name="importrun",
            name="kind",
            field=models.CharField(
                blank=True,
                choices=[("stock", "patrimoine"), ("incidents", "faits")],
                max_length=10,
                verbose_name="contenu",
            ),
        ),
        migrations.AlterField(
            model_name="importrun",
            name="profile",
            field=models.CharField(blank=True, max_length=60, verbose_name="format"),
        ),
        migrations.CreateModel(
            name="ImportMapping",
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
                        choices=[("stock", "patrimoine"), ("incidents", "faits")],
                        max_length=10,
                        verbose_name="contenu",
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="nom")),
                ("content", models.JSONField(editable=False)),
                ("headers", models.CharField(editable=False, max_length=64)),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="enregistrée le")),
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
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="import_mappings",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "correspondance",
                "verbose_name_plural": "correspondances",
                "ordering": ("name", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "name"), name="import_mapping_name_is_unique"
                    )
                ],
            },
        ),
        policies(__file__, "0008_import_mappings"),
    ]
