-- The ranking of a landlord's residences is its leads', that of what a territory is shared its coordinator's, while all of it is shared.
ALTER TABLE classification_ranking ENABLE ROW LEVEL SECURITY;
ALTER TABLE classification_ranking FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS ranking_select ON classification_ranking;
CREATE POLICY ranking_select ON classification_ranking FOR SELECT USING (
    landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) OR (territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) AND NOT EXISTS (SELECT 1 FROM jsonb_array_elements(pairs) p WHERE ((p ->> 0)::bigint, (p ->> 1)::bigint) NOT IN (SELECT s.landlord_id, s.commune_id FROM palier_shared() s))) OR (SELECT palier_is_system('evaluation', 'seeding'))
);
DROP POLICY IF EXISTS ranking_insert ON classification_ranking;
CREATE POLICY ranking_insert ON classification_ranking FOR INSERT WITH CHECK (
    (SELECT palier_is_system('evaluation'))
);
DROP POLICY IF EXISTS ranking_update ON classification_ranking;
CREATE POLICY ranking_update ON classification_ranking FOR UPDATE USING (
    (SELECT palier_is_system('evaluation'))
);
DROP POLICY IF EXISTS ranking_delete ON classification_ranking;
CREATE POLICY ranking_delete ON classification_ranking FOR DELETE USING (
    (SELECT palier_is_system('evaluation'))
);
