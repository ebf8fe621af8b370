-- What an import wrote is noted by the database itself, whichever statement wrote it, so that the whole import can
-- be undone. The setting palier.import_run, local to the transaction, names the import.

ALTER TABLE sites_importchange ENABLE ROW LEVEL SECURITY;
ALTER TABLE sites_importchange FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS importchange_all ON sites_importchange;
CREATE POLICY importchange_all ON sites_importchange FOR ALL USING (
    run_id IN (SELECT r.id FROM sites_importrun r)
);

-- The argument is the name of the primary key. Moments are written in UTC, to be compared with later ones.
CREATE OR REPLACE FUNCTION palier_note_created() RETURNS trigger LANGUAGE plpgsql SET timezone = 'UTC' AS $$
DECLARE
    run bigint := nullif(current_setting('palier.import_run', true), '')::bigint;
BEGIN
    IF run IS NOT NULL THEN
        INSERT INTO sites_importchange (run_id, table_name, object_id, before, after)
        SELECT run, TG_TABLE_NAME, (to_jsonb(f) ->> TG_ARGV[0])::bigint, NULL, to_jsonb(f) FROM fresh f;
    END IF;
    RETURN NULL;
END $$;

-- Only the columns that changed are kept; of several changes of a row, the first state and the last.
CREATE OR REPLACE FUNCTION palier_note_changed() RETURNS trigger LANGUAGE plpgsql SET timezone = 'UTC' AS $$
DECLARE
    run bigint := nullif(current_setting('palier.import_run', true), '')::bigint;
BEGIN
    IF run IS NOT NULL THEN
        INSERT INTO sites_importchange AS known (run_id, table_name, object_id, before, after)
        SELECT run, TG_TABLE_NAME, f.id, d.before, d.after
        FROM stale s JOIN fresh f ON f.id = s.id CROSS JOIN LATERAL (
            SELECT jsonb_object_agg(o.key, o.value) AS before, jsonb_object_agg(o.key, n.value) AS after
            FROM jsonb_each(to_jsonb(s)) o JOIN jsonb_each(to_jsonb(f)) n ON n.key = o.key
            WHERE n.value <> o.value
        ) d
        WHERE d.before IS NOT NULL
        ON CONFLICT (run_id, table_name, object_id) DO UPDATE
        SET before = EXCLUDED.before || known.before, after = known.after || EXCLUDED.after;
    END IF;
    RETURN NULL;
END $$;

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['sites_residence', 'sites_address', 'accounts_organisation']
    LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS note_created_by_import ON %I', t);
        EXECUTE format(
            'CREATE TRIGGER note_created_by_import AFTER INSERT ON %I REFERENCING NEW TABLE AS fresh '
            'FOR EACH STATEMENT EXECUTE FUNCTION palier_note_created(''id'')', t);
        EXECUTE format('DROP TRIGGER IF EXISTS note_changed_by_import ON %I', t);
        EXECUTE format(
            'CREATE TRIGGER note_changed_by_import AFTER UPDATE ON %I REFERENCING OLD TABLE AS stale '
            'NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION palier_note_changed()', t);
    END LOOP;
END $$;
