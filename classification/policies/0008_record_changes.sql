-- classification_recordchange: as the past levels, which residences they see; the evaluation alone writes it.
ALTER TABLE classification_recordchange ENABLE ROW LEVEL SECURITY;
ALTER TABLE classification_recordchange FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS recordchange_select ON classification_recordchange;
CREATE POLICY recordchange_select ON classification_recordchange FOR SELECT USING (
    (SELECT palier_is_system('evaluation', 'seeding')) OR landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[]) OR residence_id = ANY ((SELECT palier_ids('palier.residences'))::bigint[]) OR (landlord_id, commune_id) IN (SELECT s.landlord_id, s.commune_id FROM palier_shared() s)
);
DROP POLICY IF EXISTS recordchange_insert ON classification_recordchange;
CREATE POLICY recordchange_insert ON classification_recordchange FOR INSERT WITH CHECK (
    (SELECT palier_is_system('evaluation'))
);
DROP POLICY IF EXISTS recordchange_update ON classification_recordchange;
CREATE POLICY recordchange_update ON classification_recordchange FOR UPDATE USING (
    (SELECT palier_is_system('evaluation'))
);
DROP POLICY IF EXISTS recordchange_delete ON classification_recordchange;
CREATE POLICY recordchange_delete ON classification_recordchange FOR DELETE USING (
    (SELECT palier_is_system('evaluation'))
);
