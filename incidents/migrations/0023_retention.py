"""Keep records for their term, and say what was erased."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0026_retention"),
        ("incidents", "0022_confirmations_told"),
        ("sites", "0022_seal"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Horizon",
            fields=[
                (
                    "landlord",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="accounts.organisation",
                    ),
                ),
                ("erased_until", models.DateField()),
            ],
            options={
                "verbose_name": "horizon des faits conservés",
                "verbose_name_plural": "horizons des faits conservés",
            },
        ),
        migrations.CreateModel(
            name="FactTotal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField()),
                ("number", models.PositiveIntegerField()),
                (
                    "commune",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sites.commune",
                    ),
                ),
                (
                    "fact_type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="incidents.facttype"
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
            ],
            options={
                "verbose_name": "total de faits effacés",
                "verbose_name_plural": "totaux de faits effacés",
                "ordering": ("-month", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("landlord", "commune", "fact_type", "month"),
                        name="fact_total_is_unique",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="motif")),
                (
                    "starts_on",
                    models.DateField(default=django.utils.timezone.localdate, verbose_name="depuis le"),
                ),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="jusqu’au (exclu)")),
                ("lifted_at", models.DateTimeField(null=True)),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="holds",
                        to="incidents.incident",
                    ),
                ),
                (
                    "landlord",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "set_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "gel d’un fait",
                "verbose_name_plural": "gels de faits",
                "ordering": ("-starts_on", "-id"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at", None)),
                        fields=("incident",),
                        name="legal_hold_is_one_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on", None), ("ends_on__gt", models.F("starts_on")), _connector="OR"
                        ),
                        name="legal_hold_ends_after_it_starts",
                        violation_error_message="La fin précède le début.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RetentionTerms",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "narratives_months",
                    models.PositiveSmallIntegerField(verbose_name="précisions des faits, en mois"),
                ),
                (
                    "facts_months",
                    models.PositiveSmallIntegerField(
                        verbose_name="faits, constats et perturbations, en mois"
                    ),
                ),
                ("counts_from", models.DateField(verbose_name="à partir du")),
                ("set_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "set_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "territory",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="retention_terms",
                        to="sites.territory",
                    ),
                ),
            ],
            options={
                "verbose_name": "durées de conservation",
                "verbose_name_plural": "durées de conservation",
                "ordering": ("-counts_from", "-id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("narratives_months__range", (1, 12))),
                        name="terms_of_narratives_are_1_to_12_months",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("facts_months__range", (36, 60))),
                        name="terms_of_facts_are_36_to_60_months",
                    ),
                ],
            },
        ),
        policies(__file__, "0023_retention"),
    ]
