"""Keep the other references of a residence, with the policies of their table."""

import django.db.models.deletion
from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_index_of_journals"),
        ("sites", "0011_buildings_and_entrances"),
    ]

    operations = [
        migrations.CreateModel(
            name="ResidenceAlias",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.CharField(max_length=60, verbose_name="autre référence")),
                (
                    "commune",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sites.commune",
                    ),
                ),
                (
                    "landlord",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "residence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="aliases",
                        to="sites.residence",
                    ),
                ),
            ],
            options={
                "verbose_name": "autre référence d’une résidence",
                "verbose_name_plural": "autres références d’une résidence",
                "ordering": ("reference", "id"),
                "indexes": [models.Index(fields=["landlord", "reference"], name="alias_reference_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("residence", "reference"), name="alias_is_unique_in_residence"
                    )
                ],
            },
        ),
        policies(__file__, "0012_other_references"),
    ]
