-- Past levels: as the levels now, in 0001_initial.sql.
ALTER TABLE classification_pastlevel ENABLE ROW LEVEL SECURITY;
ALTER TABLE classification_pastlevel FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS pastlevel_select ON classification_pastlevel;
CREATE POLICY pastlevel_select ON classification_pastlevel FOR SELECT USING (
    (SELECT palier_is_system('evaluation', 'seeding'))
    OR landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[])
    OR residence_id = ANY ((SELECT palier_ids('palier.residences'))::bigint[])
    OR (landlord_id, commune_id) IN (SELECT s.landlord_id, s.commune_id FROM palier_shared() s)
);
DROP POLICY IF EXISTS pastlevel_insert ON classification_pastlevel;
CREATE POLICY pastlevel_insert ON classification_pastlevel FOR INSERT WITH CHECK (
    (SELECT palier_is_system('evaluation'))
);
DROP POLICY IF EXISTS pastlevel_update ON classification_pastlevel;
CREATE POLICY pastlevel_update ON classification_pastlevel FOR UPDATE USING (
    (SELECT palier_is_system('evaluation'))
);
DROP POLICY IF EXISTS pastlevel_delete ON classification_pastlevel;
CREATE POLICY pastlevel_delete ON classification_pastlevel FOR DELETE USING (
    (SELECT palier_is_system('evaluation'))
);
