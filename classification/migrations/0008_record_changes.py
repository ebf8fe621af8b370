"""Keep on which days the records of a residence changed."""

import django.db.models.deletion
from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0015_told_by_mail"),
        ("classification", "0007_places_that_stopped"),
        ("sites", "0017_outlines_bodies_positions"),
    ]

    operations = [
        migrations.CreateModel(
            name="RecordChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("since", models.DateField()),
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
                        related_name="recordchanges",
                        to="sites.residence",
                    ),
                ),
            ],
            options={
                "verbose_name": "jour de saisie",
                "verbose_name_plural": "jours de saisie",
                "ordering": ("-day", "residence_id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("residence", "day"), name="record_change_is_unique_by_day"
                    )
                ],
            },
        ),
        policies(__file__, "0008_record_changes"),
    ]
