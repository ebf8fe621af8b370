-- partners_plenaryrelease: its coordinators, and once it is made those whom it is about. It left the circles: nothing closes it.
ALTER TABLE partners_plenaryrelease ENABLE ROW LEVEL SECURITY;
ALTER TABLE partners_plenaryrelease FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS plenaryrelease_select ON partners_plenaryrelease;
CREATE POLICY plenaryrelease_select ON partners_plenaryrelease FOR SELECT USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) OR (state = 'done' AND (landlords && (SELECT palier_ids('palier.lead_of'))::bigint[] OR territory_id IN (SELECT c.territory_id FROM partners_circle c WHERE c.id = ANY ((SELECT palier_ids('palier.circles'))::bigint[])))) OR (SELECT palier_is_system('jobs', 'seeding'))
);
DROP POLICY IF EXISTS plenaryrelease_insert ON partners_plenaryrelease;
CREATE POLICY plenaryrelease_insert ON partners_plenaryrelease FOR INSERT WITH CHECK (
    (territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) AND closing_id IN (SELECT c.id FROM classification_closing c JOIN classification_campaign k ON k.id = c.campaign_id
            WHERE k.id = partners_plenaryrelease.campaign_id AND c.territory_id = partners_plenaryrelease.territory_id
                AND k.territory_id = partners_plenaryrelease.territory_id) AND organisation_id IN (SELECT t.organisation_id FROM sites_territory t WHERE t.id = partners_plenaryrelease.territory_id)) OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS plenaryrelease_update ON partners_plenaryrelease;
CREATE POLICY plenaryrelease_update ON partners_plenaryrelease FOR UPDATE USING (
    (territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) AND closing_id IN (SELECT c.id FROM classification_closing c JOIN classification_campaign k ON k.id = c.campaign_id
            WHERE k.id = partners_plenaryrelease.campaign_id AND c.territory_id = partners_plenaryrelease.territory_id
                AND k.territory_id = partners_plenaryrelease.territory_id) AND (state = 'done' OR organisation_id IN (SELECT t.organisation_id FROM sites_territory t WHERE t.id = partners_plenaryrelease.territory_id))) OR (SELECT palier_is_system('jobs', 'seeding'))
);
DROP POLICY IF EXISTS plenaryrelease_delete ON partners_plenaryrelease;
CREATE POLICY plenaryrelease_delete ON partners_plenaryrelease FOR DELETE USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) OR (SELECT palier_is_system('seeding'))
);
