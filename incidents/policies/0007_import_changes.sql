-- Facts that an import created are known by import_run_id; what it changed of others, and the history that this
-- wrote, is noted by the functions of sites/policies/0009_import_changes.sql.
DROP TRIGGER IF EXISTS note_changed_by_import ON incidents_incident;
CREATE TRIGGER note_changed_by_import AFTER UPDATE ON incidents_incident
    REFERENCING OLD TABLE AS stale NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION palier_note_changed();
DROP TRIGGER IF EXISTS note_created_by_import ON incidents_incident_history;
CREATE TRIGGER note_created_by_import AFTER INSERT ON incidents_incident_history
    REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION palier_note_created('pgh_id');
