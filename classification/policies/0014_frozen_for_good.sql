-- A version is added to a campaign of one's own territory alone, and a site to a version that is not done alone.
DROP POLICY IF EXISTS closing_insert ON classification_closing;
CREATE POLICY closing_insert ON classification_closing FOR INSERT WITH CHECK (
    (territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) AND campaign_id IN (SELECT c.id FROM classification_campaign c WHERE c.territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]))) OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS closing_update ON classification_closing;
CREATE POLICY closing_update ON classification_closing FOR UPDATE USING (
    (territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) AND campaign_id IN (SELECT c.id FROM classification_campaign c WHERE c.territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]))) OR (SELECT palier_is_system('jobs', 'seeding'))
);
DROP POLICY IF EXISTS assessment_insert ON classification_assessment;
CREATE POLICY assessment_insert ON classification_assessment FOR INSERT WITH CHECK (
    (SELECT palier_is_system('evaluation')) AND closing_id IN (SELECT c.id FROM classification_closing c WHERE c.state <> 'done')
);
