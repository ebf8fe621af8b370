-- What an import creates and changes of disruptions and standing observations is noted by the functions of
-- sites/policies/0009_import_changes.sql, so that the whole import can be undone.
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['incidents_disruption', 'incidents_standingobservation', 'incidents_confirmation']
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
