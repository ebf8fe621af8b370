"""Keep the rankings of residences that beat the counts of last year, and of those that do not why none is told."""

import django.db.models.deletion
from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0034_mail_of_an_end"),
        ("classification", "0016_foresight"),
        ("sites", "0023_grants"),
    ]

    operations = [
        migrations.CreateModel(
            name="Ranking",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("as_of", models.DateField(verbose_name="au")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("young", "trop peu de recul"),
                            ("no_better", "pas meilleur que l’année passée"),
                            ("better", "meilleur que l’année passée"),
                        ],
                        max_length=10,
                        verbose_name="état",
                    ),
                ),
                ("figures", models.JSONField()),
                ("pairs", models.JSONField()),
                ("sites", models.JSONField()),
                (
                    "landlord",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "territory",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="sites.territory",
                    ),
                ),
            ],
            options={
                "verbose_name": "classement",
                "verbose_name_plural": "classements",
                "ordering": ("landlord_id", "territory_id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("landlord", "territory"), name="ranking_is_unique", nulls_distinct=False
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("landlord", None), ("territory__isnull", False)),
                            models.Q(("landlord__isnull", False), ("territory", None)),
                            _connector="OR",
                        ),
                        name="ranking_is_of_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", "better"), ("sites", []), _connector="OR"),
                        name="ranking_is_told_where_better",
                    ),
                ],
            },
        ),
        policies(__file__, "0017_rankings"),
    ]
