-- Levels and findings: as far as the perimeter of sites/policies reaches. Written only by
-- the evaluation, in the transaction of whoever changed the records, or at night.

-- classification_sitelevel
ALTER TABLE classification_sitelevel ENABLE ROW LEVEL SECURITY;
ALTER TABLE classification_sitelevel FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sitelevel_select ON classification_sitelevel;
CREATE POLICY sitelevel_select ON classification_sitelevel FOR SELECT USING (
    (SELECT palier_is_system('evaluation', 'incident_import', 'seeding'))
    OR landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[])
    OR residence_id = ANY ((SELECT palier_ids('palier.residences'))::bigint[])
    OR (landlord_id, commune_id) IN (SELECT s.landlord_id, s.commune_id FROM palier_shared() s)
);
DROP POLICY IF EXISTS sitelevel_write ON classification_sitelevel;
CREATE POLICY sitelevel_write ON classification_sitelevel FOR ALL USING (
    (SELECT palier_is_system('evaluation', 'stock_import', 'incident_import', 'seeding'))
    OR landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[])
    OR residence_id = ANY ((SELECT palier_ids('palier.residences'))::bigint[])
);

-- classification_finding
ALTER TABLE classification_finding ENABLE ROW LEVEL SECURITY;
ALTER TABLE classification_finding FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS finding_select ON classification_finding;
CREATE POLICY finding_select ON classification_finding FOR SELECT USING (
    (SELECT palier_is_system('evaluation', 'incident_import', 'seeding'))
    OR landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[])
    OR residence_id = ANY ((SELECT palier_ids('palier.residences'))::bigint[])
    OR (landlord_id, commune_id) IN (SELECT s.landlord_id, s.commune_id FROM palier_shared() s)
);
DROP POLICY IF EXISTS finding_write ON classification_finding;
CREATE POLICY finding_write ON classification_finding FOR ALL USING (
    (SELECT palier_is_system('evaluation', 'incident_import', 'seeding'))
    OR landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[])
    OR residence_id = ANY ((SELECT palier_ids('palier.residences'))::bigint[])
);

-- classification_gridadoption: which grid a territory uses is no secret; its coordinator decides.
ALTER TABLE classification_gridadoption ENABLE ROW LEVEL SECURITY;
ALTER TABLE classification_gridadoption FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS gridadoption_select ON classification_gridadoption;
CREATE POLICY gridadoption_select ON classification_gridadoption FOR SELECT USING (true);
DROP POLICY IF EXISTS gridadoption_write ON classification_gridadoption;
CREATE POLICY gridadoption_write ON classification_gridadoption FOR ALL USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
    OR (SELECT palier_is_system('seeding'))
);
