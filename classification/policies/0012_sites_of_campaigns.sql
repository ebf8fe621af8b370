-- The sites of open campaigns: kept by the evaluation, seen as what was frozen of campaigns is.
ALTER TABLE classification_campaignsite ENABLE ROW LEVEL SECURITY;
ALTER TABLE classification_campaignsite FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS campaignsite_select ON classification_campaignsite;
CREATE POLICY campaignsite_select ON classification_campaignsite FOR SELECT USING (
    (campaign_id IN (SELECT c.id FROM classification_campaign c WHERE c.territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])) AND (landlord_id, commune_id) IN (SELECT s.landlord_id, s.commune_id FROM palier_shared() s)) OR (landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) AND campaign_id IN (SELECT c.id FROM classification_campaign c)) OR (SELECT palier_is_system('evaluation', 'seeding'))
);
DROP POLICY IF EXISTS campaignsite_insert ON classification_campaignsite;
CREATE POLICY campaignsite_insert ON classification_campaignsite FOR INSERT WITH CHECK (
    (SELECT palier_is_system('evaluation'))
);
DROP POLICY IF EXISTS campaignsite_update ON classification_campaignsite;
CREATE POLICY campaignsite_update ON classification_campaignsite FOR UPDATE USING (
    (SELECT palier_is_system('evaluation'))
);
DROP POLICY IF EXISTS campaignsite_delete ON classification_campaignsite;
CREATE POLICY campaignsite_delete ON classification_campaignsite FOR DELETE USING (
    (SELECT palier_is_system('evaluation'))
);
