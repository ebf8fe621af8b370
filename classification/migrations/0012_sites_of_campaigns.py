"""Keep the sites of open campaigns, with the levels that these propose."""

import django.db.models.deletion
from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0034_mail_of_an_end"),
        ("classification", "0012_campaigns"),
        ("sites", "0023_grants"),
    ]

    operations = [
        migrations.AddField(
            model_name="campaign",
            name="reminded_on",
            field=models.DateField(editable=False, null=True, verbose_name="rappelée le"),
        ),
        migrations.CreateModel(
            name="CampaignSite",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "tranquille"),
                            (2, "incivilités récurrentes"),
                            (3, "délinquance réelle"),
                            (4, "tension installée"),
                        ],
                        verbose_name="niveau proposé",
                    ),
                ),
                ("silent", models.BooleanField(verbose_name="saisie interrompue")),
                ("last_day", models.DateField(null=True, verbose_name="dernier fait")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sites",
                        to="classification.campaign",
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
                        related_name="campaignsites",
                        to="sites.residence",
                    ),
                ),
            ],
            options={
                "verbose_name": "site d’une campagne ouverte",
                "verbose_name_plural": "sites d’une campagne ouverte",
                "ordering": ("campaign_id", "residence_id"),
                "constraints": [
                    models.UniqueConstraint(fields=("residence", "campaign"), name="campaign_site_is_unique")
                ],
            },
        ),
        policies(__file__, "0012_sites_of_campaigns"),
    ]
