-- Reasons to watch a residence: seen by leads of its landlord and by who coordinates, never by agents. What a team puts to rest
-- is the team's alone. Landlord and commune are the residence's.
ALTER TABLE classification_rest DROP CONSTRAINT IF EXISTS classification_rest_follows_residence;
ALTER TABLE classification_rest ADD CONSTRAINT classification_rest_follows_residence
    FOREIGN KEY (residence_id, landlord_id, commune_id)
    REFERENCES sites_residence (id, landlord_id, commune_id) ON UPDATE CASCADE;

ALTER TABLE classification_signal ENABLE ROW LEVEL SECURITY;
ALTER TABLE classification_signal FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS signal_select ON classification_signal;
CREATE POLICY signal_select ON classification_signal FOR SELECT USING (
    (SELECT palier_is_system('evaluation', 'seeding')) OR landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) OR (landlord_id, commune_id) IN (SELECT s.landlord_id, s.commune_id FROM palier_shared() s)
);
DROP POLICY IF EXISTS signal_insert ON classification_signal;
CREATE POLICY signal_insert ON classification_signal FOR INSERT WITH CHECK (
    (SELECT palier_is_system('evaluation'))
);
DROP POLICY IF EXISTS signal_update ON classification_signal;
CREATE POLICY signal_update ON classification_signal FOR UPDATE USING (
    (SELECT palier_is_system('evaluation'))
);
DROP POLICY IF EXISTS signal_delete ON classification_signal;
CREATE POLICY signal_delete ON classification_signal FOR DELETE USING (
    (SELECT palier_is_system('evaluation'))
);
ALTER TABLE classification_rest ENABLE ROW LEVEL SECURITY;
ALTER TABLE classification_rest FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS rest_select ON classification_rest;
CREATE POLICY rest_select ON classification_rest FOR SELECT USING (
    (SELECT palier_is_system('stock_import', 'seeding')) OR (organisation_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) AND organisation_id = landlord_id) OR (organisation_id = ANY ((SELECT palier_ids('palier.coordinator_of'))::bigint[]) AND (landlord_id, commune_id) IN (SELECT s.landlord_id, s.commune_id FROM palier_shared() s))
);
DROP POLICY IF EXISTS rest_insert ON classification_rest;
CREATE POLICY rest_insert ON classification_rest FOR INSERT WITH CHECK (
    (made_by_id = (SELECT palier_user()) AND ((organisation_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) AND organisation_id = landlord_id) OR (organisation_id = ANY ((SELECT palier_ids('palier.coordinator_of'))::bigint[]) AND (landlord_id, commune_id) IN (SELECT s.landlord_id, s.commune_id FROM palier_shared() s)))) OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS rest_update ON classification_rest;
CREATE POLICY rest_update ON classification_rest FOR UPDATE USING (
    ((ended_at IS NULL OR ended_by_id = (SELECT palier_user())) AND ((organisation_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) AND organisation_id = landlord_id) OR (organisation_id = ANY ((SELECT palier_ids('palier.coordinator_of'))::bigint[]) AND (landlord_id, commune_id) IN (SELECT s.landlord_id, s.commune_id FROM palier_shared() s)))) OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS rest_delete ON classification_rest;
CREATE POLICY rest_delete ON classification_rest FOR DELETE USING (
    (SELECT palier_is_system('retention')) AND until < (SELECT palier_today()) - interval '36 months'
);
DROP POLICY IF EXISTS rest_select_retention ON classification_rest;
CREATE POLICY rest_select_retention ON classification_rest FOR SELECT USING (
    (SELECT palier_is_system('retention'))
);
