"""Have agreements name the communes and the council that they were signed for."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from core.rls import acting_as, policies

# Until now an agreement shared whatever its territory held: its landlord had agreed to the communes and the council
# that the territory has now. Policies hold for the owner of the tables too.
_AS_SHARED_NOW = acting_as("seeding", """
INSERT INTO sites_agreementterms
    (agreement_id, landlord_id, territory_id, organisation_id, kind, communes, refused, refused_kind, made_at)
SELECT a.id, a.landlord_id, a.territory_id, t.organisation_id, t.kind,
    ARRAY(SELECT c.commune_id FROM sites_territory_communes c WHERE c.territory_id = t.id ORDER BY 1),
    '{}', '', clock_timestamp()
FROM sites_sharingagreement a JOIN sites_territory t ON t.id = a.territory_id
ORDER BY a.id;
""")  # fmt: skip
_SCOPE_BEFORE = (Path(__file__).parent.parent / "policies" / "0005_scope.sql").read_text(encoding="utf-8")
_AS_BEFORE = f"""{_SCOPE_BEFORE}
DROP POLICY organisation_of_council ON accounts_organisation;
DROP FUNCTION palier_sharing();
DROP FUNCTION palier_agreements_in_force();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0015_told_by_mail"),
        ("sites", "0018_lives_of_places"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="sharingagreement",
            constraint=models.UniqueConstraint(
                fields=("id", "landlord", "territory"), name="agreement_parties"
            ),
        ),
        migrations.CreateModel(
            name="AgreementTerms",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(choices=[("clspd", "CLSPD"), ("cispd", "CISPD")], max_length=10)),
                (
                    "communes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "refused",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "refused_kind",
                    models.CharField(
                        blank=True, choices=[("clspd", "CLSPD"), ("cispd", "CISPD")], max_length=10
                    ),
                ),
                ("made_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="terms",
                        to="sites.sharingagreement",
                    ),
                ),
                (
                    "landlord",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "refused_organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "territory",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="sites.territory"
                    ),
                ),
            ],
            options={
                "verbose_name": "termes d’une convention de partage",
                "verbose_name_plural": "termes de conventions de partage",
                "ordering": ("-id",),
            },
        ),
        migrations.AddIndex(
            model_name="agreementterms",
            index=models.Index(fields=["agreement", "-id"], name="terms_last_idx"),
        ),
        policies(__file__, "0019_agreement_terms"),
        migrations.RunSQL(_AS_SHARED_NOW, _AS_BEFORE),
    ]
