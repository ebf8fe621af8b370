-- sites_residencealias: whoever has the residence itself. A coordinator knows it by its name, not by the numbers of
-- its landlord.
ALTER TABLE sites_residencealias DROP CONSTRAINT IF EXISTS alias_follows_residence;
ALTER TABLE sites_residencealias ADD CONSTRAINT alias_follows_residence
    FOREIGN KEY (residence_id, landlord_id, commune_id)
    REFERENCES sites_residence (id, landlord_id, commune_id) ON UPDATE CASCADE
    DEFERRABLE INITIALLY IMMEDIATE;
ALTER TABLE sites_residencealias ENABLE ROW LEVEL SECURITY;
ALTER TABLE sites_residencealias FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS alias_select ON sites_residencealias;
CREATE POLICY alias_select ON sites_residencealias FOR SELECT USING (
    landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[])
    OR residence_id = ANY ((SELECT palier_ids('palier.residences'))::bigint[])
    OR (SELECT palier_is_system('stock_import', 'incident_import', 'seeding'))
);
DROP POLICY IF EXISTS alias_insert ON sites_residencealias;
CREATE POLICY alias_insert ON sites_residencealias FOR INSERT WITH CHECK (
    landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[])
    OR (SELECT palier_is_system('stock_import', 'seeding')));
DROP POLICY IF EXISTS alias_update ON sites_residencealias;
CREATE POLICY alias_update ON sites_residencealias FOR UPDATE USING (
    landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[])
    OR (SELECT palier_is_system('stock_import', 'seeding')));
DROP POLICY IF EXISTS alias_delete ON sites_residencealias;
CREATE POLICY alias_delete ON sites_residencealias FOR DELETE USING (
    landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[])
    OR (SELECT palier_is_system('stock_import', 'seeding')));

DROP TRIGGER IF EXISTS note_created_by_import ON sites_residencealias;
CREATE TRIGGER note_created_by_import AFTER INSERT ON sites_residencealias REFERENCING NEW TABLE AS fresh
FOR EACH STATEMENT EXECUTE FUNCTION palier_note_created('id');
DROP TRIGGER IF EXISTS note_changed_by_import ON sites_residencealias;
CREATE TRIGGER note_changed_by_import AFTER UPDATE ON sites_residencealias REFERENCING OLD TABLE AS stale
NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION palier_note_changed();
