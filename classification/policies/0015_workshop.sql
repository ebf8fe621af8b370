-- What is contested in the workshop of a campaign, and how it was settled: seen by the leads of its landlord and by the
-- coordinator, under an agreement in force, and by no other landlord. Landlord and commune are the residence's.
ALTER TABLE classification_contest DROP CONSTRAINT IF EXISTS classification_contest_follows_residence;
ALTER TABLE classification_contest ADD CONSTRAINT classification_contest_follows_residence
    FOREIGN KEY (residence_id, landlord_id, commune_id)
    REFERENCES sites_residence (id, landlord_id, commune_id) ON UPDATE CASCADE;
ALTER TABLE classification_settlement DROP CONSTRAINT IF EXISTS classification_settlement_follows_residence;
ALTER TABLE classification_settlement ADD CONSTRAINT classification_settlement_follows_residence
    FOREIGN KEY (residence_id, landlord_id, commune_id)
    REFERENCES sites_residence (id, landlord_id, commune_id) ON UPDATE CASCADE;

ALTER TABLE classification_contest ENABLE ROW LEVEL SECURITY;
ALTER TABLE classification_contest FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS contest_select ON classification_contest;
CREATE POLICY contest_select ON classification_contest FOR SELECT USING (
    (campaign_id IN (SELECT c.id FROM classification_campaign c WHERE c.territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])) AND (landlord_id, commune_id) IN (SELECT s.landlord_id, s.commune_id FROM palier_shared() s)) OR (landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) AND campaign_id IN (SELECT c.id FROM classification_campaign c)) OR (SELECT palier_is_system('evaluation', 'stock_import', 'seeding'))
);
DROP POLICY IF EXISTS contest_insert ON classification_contest;
CREATE POLICY contest_insert ON classification_contest FOR INSERT WITH CHECK (
    (((landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) AND campaign_id IN (SELECT c.id FROM classification_campaign c) AND by_landlord) OR (campaign_id IN (SELECT c.id FROM classification_campaign c WHERE c.territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])) AND (landlord_id, commune_id) IN (SELECT s.landlord_id, s.commune_id FROM palier_shared() s) AND NOT by_landlord)) AND made_by_id = (SELECT palier_user())) OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS contest_update ON classification_contest;
CREATE POLICY contest_update ON classification_contest FOR UPDATE USING (
    (landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) AND campaign_id IN (SELECT c.id FROM classification_campaign c) AND by_landlord) OR (campaign_id IN (SELECT c.id FROM classification_campaign c WHERE c.territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])) AND (landlord_id, commune_id) IN (SELECT s.landlord_id, s.commune_id FROM palier_shared() s) AND NOT by_landlord) OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS contest_delete ON classification_contest;
CREATE POLICY contest_delete ON classification_contest FOR DELETE USING (
    (SELECT palier_is_system('retention')) AND as_of < (SELECT palier_today()) - interval '36 months'
);
DROP POLICY IF EXISTS contest_select_retention ON classification_contest;
CREATE POLICY contest_select_retention ON classification_contest FOR SELECT USING (
    (SELECT palier_is_system('retention'))
);
ALTER TABLE classification_settlement ENABLE ROW LEVEL SECURITY;
ALTER TABLE classification_settlement FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS settlement_select ON classification_settlement;
CREATE POLICY settlement_select ON classification_settlement FOR SELECT USING (
    (campaign_id IN (SELECT c.id FROM classification_campaign c WHERE c.territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])) AND (landlord_id, commune_id) IN (SELECT s.landlord_id, s.commune_id FROM palier_shared() s)) OR (landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) AND campaign_id IN (SELECT c.id FROM classification_campaign c)) OR (SELECT palier_is_system('evaluation', 'stock_import', 'seeding'))
);
DROP POLICY IF EXISTS settlement_insert ON classification_settlement;
CREATE POLICY settlement_insert ON classification_settlement FOR INSERT WITH CHECK (
    (campaign_id IN (SELECT c.id FROM classification_campaign c WHERE c.territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])) AND (landlord_id, commune_id) IN (SELECT s.landlord_id, s.commune_id FROM palier_shared() s) AND (contest_id, campaign_id, residence_id) IN (SELECT k.id, k.campaign_id, k.residence_id FROM classification_contest k WHERE k.withdrawn_at IS NULL) AND settled_by_id = (SELECT palier_user())) OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS settlement_delete ON classification_settlement;
CREATE POLICY settlement_delete ON classification_settlement FOR DELETE USING (
    (SELECT palier_is_system('retention')) AND as_of < (SELECT palier_today()) - interval '36 months'
);
DROP POLICY IF EXISTS settlement_select_retention ON classification_settlement;
CREATE POLICY settlement_select_retention ON classification_settlement FOR SELECT USING (
    (SELECT palier_is_system('retention'))
);
