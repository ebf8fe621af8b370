-- A lead decides, and ends a decision, in their own name alone. The undoing of an import sees about which residences
-- somebody decided: they stay.
DROP POLICY IF EXISTS decision_select ON classification_decision;
CREATE POLICY decision_select ON classification_decision FOR SELECT USING (
    (SELECT palier_is_system('evaluation', 'stock_import', 'seeding')) OR landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[]) OR residence_id = ANY ((SELECT palier_ids('palier.residences'))::bigint[]) OR (landlord_id, commune_id) IN (SELECT s.landlord_id, s.commune_id FROM palier_shared() s)
);
DROP POLICY IF EXISTS decision_insert ON classification_decision;
CREATE POLICY decision_insert ON classification_decision FOR INSERT WITH CHECK (
    (landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) AND decided_by_id = (SELECT palier_user())) OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS decision_update ON classification_decision;
CREATE POLICY decision_update ON classification_decision FOR UPDATE USING (
    (landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) AND (ended_on IS NULL OR ended_by_id = (SELECT palier_user()))) OR (SELECT palier_is_system('evaluation', 'seeding'))
);
