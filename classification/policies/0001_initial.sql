-- Levels and findings: as far as the perimeter of sites/policies reaches. Written by the
-- evaluation alone, in the transaction of whoever changed the records, or at night: a level
-- must not depend on what the person who triggers it may see.

-- classification_sitelevel
ALTER TABLE classification_sitelevel ENABLE ROW LEVEL SECURITY;
ALTER TABLE classification_sitelevel FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sitelevel_select ON classification_sitelevel;
CREATE POLICY sitelevel_select ON classification_sitelevel FOR SELECT USING (
    (SELECT palier_is_system('evaluation', 'seeding'))
    OR landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[])
    OR residence_id = ANY ((SELECT palier_ids('palier.residences'))::bigint[])
    OR (landlord_id, commune_id) IN (SELECT s.landlord_id, s.commune_id FROM palier_shared() s)
);
DROP POLICY IF EXISTS sitelevel_insert ON classification_sitelevel;
CREATE POLICY sitelevel_insert ON classification_sitelevel FOR INSERT WITH CHECK (
    (SELECT palier_is_system('evaluation'))
);
DROP POLICY IF EXISTS sitelevel_update ON classification_sitelevel;
CREATE POLICY sitelevel_update ON classification_sitelevel FOR UPDATE USING (
    (SELECT palier_is_system('evaluation'))
);
DROP POLICY IF EXISTS sitelevel_delete ON classification_sitelevel;
CREATE POLICY sitelevel_delete ON classification_sitelevel FOR DELETE USING (
    (SELECT palier_is_system('evaluation'))
);

-- classification_finding
ALTER TABLE classification_finding ENABLE ROW LEVEL SECURITY;
ALTER TABLE classification_finding FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS finding_select ON classification_finding;
CREATE POLICY finding_select ON classification_finding FOR SELECT USING (
    (SELECT palier_is_system('evaluation', 'seeding'))
    OR landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[])
    OR residence_id = ANY ((SELECT palier_ids('palier.residences'))::bigint[])
    OR (landlord_id, commune_id) IN (SELECT s.landlord_id, s.commune_id FROM palier_shared() s)
);
DROP POLICY IF EXISTS finding_insert ON classification_finding;
CREATE POLICY finding_insert ON classification_finding FOR INSERT WITH CHECK (
    (SELECT palier_is_system('evaluation'))
);
DROP POLICY IF EXISTS finding_update ON classification_finding;
CREATE POLICY finding_update ON classification_finding FOR UPDATE USING (
    (SELECT palier_is_system('evaluation'))
);
DROP POLICY IF EXISTS finding_delete ON classification_finding;
CREATE POLICY finding_delete ON classification_finding FOR DELETE USING (
    (SELECT palier_is_system('evaluation'))
);

-- classification_gridadoption: which grid a territory uses is no secret to people who log in;
-- its coordinator decides.
ALTER TABLE classification_gridadoption ENABLE ROW LEVEL SECURITY;
ALTER TABLE classification_gridadoption FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS gridadoption_select ON classification_gridadoption;
CREATE POLICY gridadoption_select ON classification_gridadoption FOR SELECT USING (
    (SELECT palier_user()) IS NOT NULL OR (SELECT palier_is_system('evaluation', 'seeding'))
);
DROP POLICY IF EXISTS gridadoption_insert ON classification_gridadoption;
CREATE POLICY gridadoption_insert ON classification_gridadoption FOR INSERT WITH CHECK (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
    OR (SELECT palier_is_system('seeding')));
DROP POLICY IF EXISTS gridadoption_update ON classification_gridadoption;
CREATE POLICY gridadoption_update ON classification_gridadoption FOR UPDATE USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
    OR (SELECT palier_is_system('seeding')));
DROP POLICY IF EXISTS gridadoption_delete ON classification_gridadoption;
CREATE POLICY gridadoption_delete ON classification_gridadoption FOR DELETE USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
    OR (SELECT palier_is_system('seeding')));
