-- Levels at the ends of months: seen by leads of the landlord and by who coordinates, never by agents. A row follows the landlord
-- and the commune of its residence, and goes with it.
ALTER TABLE classification_monthlevel DROP CONSTRAINT IF EXISTS classification_monthlevel_follows_residence;
ALTER TABLE classification_monthlevel ADD CONSTRAINT classification_monthlevel_follows_residence
    FOREIGN KEY (residence_id, landlord_id, commune_id)
    REFERENCES sites_residence (id, landlord_id, commune_id) ON UPDATE CASCADE ON DELETE CASCADE;

ALTER TABLE classification_monthlevel ENABLE ROW LEVEL SECURITY;
ALTER TABLE classification_monthlevel FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS monthlevel_select ON classification_monthlevel;
CREATE POLICY monthlevel_select ON classification_monthlevel FOR SELECT USING (
    (SELECT palier_is_system('evaluation', 'seeding')) OR landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) OR (landlord_id, commune_id) IN (SELECT s.landlord_id, s.commune_id FROM palier_shared() s)
);
DROP POLICY IF EXISTS monthlevel_insert ON classification_monthlevel;
CREATE POLICY monthlevel_insert ON classification_monthlevel FOR INSERT WITH CHECK (
    (SELECT palier_is_system('evaluation'))
);
DROP POLICY IF EXISTS monthlevel_update ON classification_monthlevel;
CREATE POLICY monthlevel_update ON classification_monthlevel FOR UPDATE USING (
    (SELECT palier_is_system('evaluation'))
);
DROP POLICY IF EXISTS monthlevel_delete ON classification_monthlevel;
CREATE POLICY monthlevel_delete ON classification_monthlevel FOR DELETE USING (
    (SELECT palier_is_system('evaluation'))
);
