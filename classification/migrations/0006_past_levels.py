"""Make the table of levels on the past days that pages compare with."""

import django.db.models.deletion
from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_index_of_journals"),
        ("classification", "0005_grid_is_of_january_2021"),
        ("sites", "0007_queued_since"),
    ]

    operations = [
        migrations.CreateModel(
            name="PastLevel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(verbose_name="au")),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "tranquille"),
                            (2, "incivilités récurrentes"),
                            (3, "délinquance réelle"),
                            (4, "tension installée"),
                        ],
                        verbose_name="niveau",
                    ),
                ),
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
                        related_name="pastlevels",
                        to="sites.residence",
                    ),
                ),
            ],
            options={
                "verbose_name": "niveau passé",
                "verbose_name_plural": "niveaux passés",
                "ordering": ("residence_id", "-day"),
                "constraints": [
                    models.UniqueConstraint(fields=("residence", "day"), name="past_level_is_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("level__range", (1, 4))), name="past_level_is_1_to_4"
                    ),
                ],
            },
        ),
        policies(__file__, "0006_past_levels"),
    ]
