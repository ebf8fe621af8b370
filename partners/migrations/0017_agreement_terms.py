"""Rest what circles were given on the communes that agreements name."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from core.rls import acting_as, policies

# A published site tells its commune by name: it is the one of the territory, or else the one where the landlord has a
# residence of that key, if there is one. Of notes only the landlords are known: each rests on all communes of the
# territory in which it has residences. Triggers and policies hold for the owner of the tables too.
_FILL = acting_as("seeding", """
ALTER TABLE partners_publishedsite DISABLE TRIGGER USER;
UPDATE partners_publishedsite s SET shared_in_id = (
    SELECT min(c.id) FROM partners_publication p
    JOIN sites_territory_communes tc ON tc.territory_id = p.territory_id
    JOIN sites_commune c ON c.id = tc.commune_id
    WHERE p.id = s.publication_id AND c.name = s.commune HAVING count(*) = 1
);
UPDATE partners_publishedsite s SET shared_in_id = r.commune_id
FROM partners_publication p, sites_residence r
WHERE s.shared_in_id IS NULL AND p.id = s.publication_id AND r.landlord_id = s.shared_by_id
    AND s.key = encode(substr(sha256(uuid_send(r.opaque_id) || int8send(p.circle_id)), 1, 16), 'hex')::uuid;
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE partners_publishedsite ENABLE TRIGGER USER;
UPDATE partners_synthesisnote n SET shares = ARRAY(
    SELECT landlord || ':' || tc.commune_id FROM unnest(n.landlords) landlord
    JOIN sites_territory_communes tc ON tc.territory_id = n.territory_id
    WHERE tc.commune_id IN (SELECT r.commune_id FROM sites_residence r WHERE r.landlord_id = landlord)
        OR NOT EXISTS (
            SELECT 1 FROM sites_residence r JOIN sites_territory_communes o ON o.commune_id = r.commune_id
            WHERE r.landlord_id = landlord AND o.territory_id = n.territory_id)
    ORDER BY landlord, tc.commune_id);
SET CONSTRAINTS ALL DEFERRED;
""")  # fmt: skip
_POLICIES = Path(__file__).parent.parent / "policies"
_FUNCTION_BEFORE = (_POLICIES / "0002_sharing.sql").read_text(encoding="utf-8")
_START = _FUNCTION_BEFORE.index("CREATE OR REPLACE FUNCTION palier_live_agreements()")
_FUNCTION_BEFORE = _FUNCTION_BEFORE[_START : _FUNCTION_BEFORE.index("-- partners_circle", _START)]
_WITHDRAWALS = (_POLICIES / "0015_withdrawals.sql").read_text(encoding="utf-8")
_AS_BEFORE = f"""{_FUNCTION_BEFORE}
ALTER FUNCTION palier_live_agreements() VOLATILE;
{_WITHDRAWALS[: _WITHDRAWALS.index("-- partners_withdrawal")]}
DROP FUNCTION palier_shared_anywhere(bigint);
DROP POLICY territory_for_sharing ON sites_territory;
DROP POLICY terms_for_sharing ON sites_agreementterms;
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0016_former_reasons"), ("sites", "0019_agreement_terms")]

    operations = [
        pgtrigger.migrations.RemoveTrigger(model_name="synthesisnote", name="note_content_is_frozen"),
        migrations.AddField(
            model_name="publishedsite",
            name="shared_in",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="sites.commune",
            ),
        ),
        migrations.AddField(
            model_name="synthesisnote",
            name="shares",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), default=list, editable=False, size=None
            ),
        ),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
        pgtrigger.migrations.AddTrigger(
            model_name="synthesisnote",
            trigger=pgtrigger.compiler.Trigger(
                name="note_content_is_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."content" IS NOT NULL AND (OLD."content" IS DISTINCT FROM (NEW."content") OR OLD."digest" IS DISTINCT FROM (NEW."digest") OR OLD."landlords" IS DISTINCT FROM (NEW."landlords") OR OLD."shares" IS DISTINCT FROM (NEW."shares") OR OLD."territory_id" IS DISTINCT FROM (NEW."territory_id") OR OLD."landlord_id" IS DISTINCT FROM (NEW."landlord_id") OR OLD."as_of" IS DISTINCT FROM (NEW."as_of") OR OLD."supersedes_id" IS DISTINCT FROM (NEW."supersedes_id")))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="395ad6d39b5be0282538294ea5dac9d2b7b8748b",
                    operation="UPDATE",
                    pgid="pgtrigger_note_content_is_frozen_ad708",
                    table="partners_synthesisnote",
                    when="BEFORE",
                ),
            ),
        ),
        policies(__file__, "0017_agreement_terms"),
        migrations.RunSQL(migrations.RunSQL.noop, _AS_BEFORE),
    ]
