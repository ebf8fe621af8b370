-- Campaigns: written by the coordinators of their territory, seen by the leads whom they ask. What closes one is frozen by the
-- evaluation alone; leads see of it the rows of their landlords.
ALTER TABLE classification_campaign ENABLE ROW LEVEL SECURITY;
ALTER TABLE classification_campaign FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS campaign_select ON classification_campaign;
CREATE POLICY campaign_select ON classification_campaign FOR SELECT USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) OR (state <> 'draft' AND landlords && (SELECT palier_ids('palier.lead_of'))::bigint[] AND territory_id = ANY ((SELECT palier_ids('palier.landlord_territories'))::bigint[])) OR (SELECT palier_is_system('evaluation', 'seeding'))
);
DROP POLICY IF EXISTS campaign_insert ON classification_campaign;
CREATE POLICY campaign_insert ON classification_campaign FOR INSERT WITH CHECK (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS campaign_update ON classification_campaign;
CREATE POLICY campaign_update ON classification_campaign FOR UPDATE USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS campaign_delete ON classification_campaign;
CREATE POLICY campaign_delete ON classification_campaign FOR DELETE USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) OR (SELECT palier_is_system('seeding'))
);
ALTER TABLE classification_closing ENABLE ROW LEVEL SECURITY;
ALTER TABLE classification_closing FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS closing_select ON classification_closing;
CREATE POLICY closing_select ON classification_closing FOR SELECT USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) OR (campaign_id IN (SELECT c.id FROM classification_campaign c) AND state = 'done') OR (SELECT palier_is_system('jobs', 'evaluation', 'seeding'))
);
DROP POLICY IF EXISTS closing_insert ON classification_closing;
CREATE POLICY closing_insert ON classification_closing FOR INSERT WITH CHECK (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS closing_update ON classification_closing;
CREATE POLICY closing_update ON classification_closing FOR UPDATE USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) OR (SELECT palier_is_system('jobs', 'seeding'))
);
DROP POLICY IF EXISTS closing_delete ON classification_closing;
CREATE POLICY closing_delete ON classification_closing FOR DELETE USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) OR (SELECT palier_is_system('seeding'))
);
ALTER TABLE classification_assessment ENABLE ROW LEVEL SECURITY;
ALTER TABLE classification_assessment FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS assessment_select ON classification_assessment;
CREATE POLICY assessment_select ON classification_assessment FOR SELECT USING (
    (closing_id IN (SELECT c.id FROM classification_closing c WHERE c.territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])) AND (landlord_id, commune_id) IN (SELECT s.landlord_id, s.commune_id FROM palier_shared() s)) OR (landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) AND closing_id IN (SELECT c.id FROM classification_closing c)) OR (SELECT palier_is_system('evaluation', 'seeding'))
);
DROP POLICY IF EXISTS assessment_insert ON classification_assessment;
CREATE POLICY assessment_insert ON classification_assessment FOR INSERT WITH CHECK (
    (SELECT palier_is_system('evaluation'))
);
DROP POLICY IF EXISTS assessment_delete ON classification_assessment;
CREATE POLICY assessment_delete ON classification_assessment FOR DELETE USING (
    (SELECT palier_is_system('retention')) AND as_of < (SELECT palier_today()) - interval '36 months'
);
DROP POLICY IF EXISTS assessment_select_retention ON classification_assessment;
CREATE POLICY assessment_select_retention ON classification_assessment FOR SELECT USING (
    (SELECT palier_is_system('retention'))
);
