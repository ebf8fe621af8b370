-- Decisions about proposed levels: seen as the levels are, written by leads of the landlord alone; the evaluation ends
-- those whose level changed. Landlord and commune are the residence's.
ALTER TABLE classification_decision DROP CONSTRAINT IF EXISTS classification_decision_follows_residence;
ALTER TABLE classification_decision ADD CONSTRAINT classification_decision_follows_residence
    FOREIGN KEY (residence_id, landlord_id, commune_id)
    REFERENCES sites_residence (id, landlord_id, commune_id) ON UPDATE CASCADE;

ALTER TABLE classification_decision ENABLE ROW LEVEL SECURITY;
ALTER TABLE classification_decision FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS decision_select ON classification_decision;
CREATE POLICY decision_select ON classification_decision FOR SELECT USING (
    (SELECT palier_is_system('evaluation', 'seeding')) OR landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[]) OR residence_id = ANY ((SELECT palier_ids('palier.residences'))::bigint[]) OR (landlord_id, commune_id) IN (SELECT s.landlord_id, s.commune_id FROM palier_shared() s)
);
DROP POLICY IF EXISTS decision_insert ON classification_decision;
CREATE POLICY decision_insert ON classification_decision FOR INSERT WITH CHECK (
    landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS decision_update ON classification_decision;
CREATE POLICY decision_update ON classification_decision FOR UPDATE USING (
    landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) OR (SELECT palier_is_system('evaluation', 'seeding'))
);
DROP POLICY IF EXISTS decision_delete ON classification_decision;
CREATE POLICY decision_delete ON classification_decision FOR DELETE USING (
    (SELECT palier_is_system('retention')) AND ended_on < (SELECT palier_today()) - interval '36 months'
);
DROP POLICY IF EXISTS decision_select_retention ON classification_decision;
CREATE POLICY decision_select_retention ON classification_decision FOR SELECT USING (
    (SELECT palier_is_system('retention'))
);
