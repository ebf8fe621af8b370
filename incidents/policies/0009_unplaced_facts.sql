-- Facts that wait for a place: the landlord's lead alone. What an import changes of them is noted, to be undone.
ALTER TABLE incidents_unplacedfact ENABLE ROW LEVEL SECURITY;
ALTER TABLE incidents_unplacedfact FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS unplacedfact_all ON incidents_unplacedfact;
CREATE POLICY unplacedfact_all ON incidents_unplacedfact FOR ALL USING (
    landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) OR (SELECT palier_is_system('incident_import', 'seeding'))
);

DROP TRIGGER IF EXISTS note_changed_by_import ON incidents_unplacedfact;
CREATE TRIGGER note_changed_by_import AFTER UPDATE ON incidents_unplacedfact
    REFERENCING OLD TABLE AS stale NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION palier_note_changed();
