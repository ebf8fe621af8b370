"""Link the entries that were written before there were chains, in the order in which they were written."""

from django.db import migrations

# Each gets its own moment as that of its link: the links of a journal never go back in time.
SEAL = """
DO $$
DECLARE
    entry record;
    held bigint;
    place bigint;
    before bytea;
BEGIN
    FOR entry IN SELECT e AS whole, e.id, e.at, coalesce(e.organisation_id, 0) AS journal FROM accounts_auditentry e
            WHERE NOT EXISTS (SELECT 1 FROM accounts_auditlink l WHERE l.entry_id = e.id)
            ORDER BY 4, e.at, e.id LOOP
        IF held IS DISTINCT FROM entry.journal THEN
            held := entry.journal;
            SELECT l.number, l.digest INTO place, before FROM accounts_auditlink l
                WHERE l.journal = held AND l.number IS NOT NULL ORDER BY l.number DESC LIMIT 1;
        END IF;
        place := coalesce(place, 0) + 1;
        before := coalesce(before, '');
        INSERT INTO accounts_auditlink (entry_id, journal, number, previous, sealed_at, digest)
            VALUES (entry.id, held, place, before, entry.at,
                sha256(convert_to(palier_entry_text(entry.whole, held, place, before, entry.at), 'UTF8')))
            RETURNING digest INTO before;
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0020_journal_chain"),
    ]

    operations = [migrations.RunSQL(SEAL, migrations.RunSQL.noop)]
