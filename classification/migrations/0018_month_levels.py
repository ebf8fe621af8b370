"""Keep the level of each residence at the ends of the last months."""

import django.db.models.deletion
from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0034_mail_of_an_end"),
        ("classification", "0017_rankings"),
        ("sites", "0023_grants"),
    ]

    operations = [
        migrations.CreateModel(
            name="MonthLevel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(verbose_name="au")),
                (
                    "mark",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "saisie interrompue"),
                            (1, "tranquille"),
                            (2, "incivilités récurrentes"),
                            (3, "délinquance réelle"),
                            (4, "tension installée"),
                        ],
                        verbose_name="marque",
                    ),
                ),
                ("heard", models.BooleanField()),
                ("stale", models.BooleanField(default=False)),
                (
                    "commune",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sites.commune",
                    ),
                ),
                (
                    "grid_version",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="classification.gridversion",
                    ),
                ),
                (
                    "landlord",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "residence",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="monthlevels",
                        to="sites.residence",
                    ),
                ),
            ],
            options={
                "verbose_name": "niveau en fin de mois",
                "verbose_name_plural": "niveaux en fin de mois",
                "ordering": ("residence_id", "-day"),
                "indexes": [
                    models.Index(
                        fields=["landlord", "commune", "day"],
                        include=("mark", "heard", "grid_version", "stale"),
                        name="month_level_counts_idx",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("residence", "day"), name="month_level_is_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("mark__range", (0, 4))), name="month_level_is_a_mark"
                    ),
                ],
            },
        ),
        policies(__file__, "0018_month_levels"),
    ]
