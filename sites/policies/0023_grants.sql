-- The official geographic code and the communes of a territory are public to read; a scope writes them.
-- sites_commune, sites_intercommunality and its communes: the loading of the code, an import of residences, planting.
-- sites_territory_communes: an administrator.
ALTER TABLE sites_commune ENABLE ROW LEVEL SECURITY;
ALTER TABLE sites_commune FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS commune_select ON sites_commune;
CREATE POLICY commune_select ON sites_commune FOR SELECT USING (
    true
);
DROP POLICY IF EXISTS commune_insert ON sites_commune;
CREATE POLICY commune_insert ON sites_commune FOR INSERT WITH CHECK (
    (SELECT palier_is_system('stock_import', 'seeding'))
);
DROP POLICY IF EXISTS commune_update ON sites_commune;
CREATE POLICY commune_update ON sites_commune FOR UPDATE USING (
    (SELECT palier_is_system('stock_import', 'seeding'))
);
ALTER TABLE sites_intercommunality ENABLE ROW LEVEL SECURITY;
ALTER TABLE sites_intercommunality FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS intercommunality_select ON sites_intercommunality;
CREATE POLICY intercommunality_select ON sites_intercommunality FOR SELECT USING (
    true
);
DROP POLICY IF EXISTS intercommunality_insert ON sites_intercommunality;
CREATE POLICY intercommunality_insert ON sites_intercommunality FOR INSERT WITH CHECK (
    (SELECT palier_is_system('stock_import', 'seeding'))
);
DROP POLICY IF EXISTS intercommunality_update ON sites_intercommunality;
CREATE POLICY intercommunality_update ON sites_intercommunality FOR UPDATE USING (
    (SELECT palier_is_system('stock_import', 'seeding'))
);
DROP POLICY IF EXISTS intercommunality_delete ON sites_intercommunality;
CREATE POLICY intercommunality_delete ON sites_intercommunality FOR DELETE USING (
    (SELECT palier_is_system('stock_import', 'seeding'))
);
ALTER TABLE sites_intercommunality_communes ENABLE ROW LEVEL SECURITY;
ALTER TABLE sites_intercommunality_communes FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS intercommunality_communes_select ON sites_intercommunality_communes;
CREATE POLICY intercommunality_communes_select ON sites_intercommunality_communes FOR SELECT USING (
    true
);
DROP POLICY IF EXISTS intercommunality_communes_insert ON sites_intercommunality_communes;
CREATE POLICY intercommunality_communes_insert ON sites_intercommunality_communes FOR INSERT WITH CHECK (
    (SELECT palier_is_system('stock_import', 'seeding'))
);
DROP POLICY IF EXISTS intercommunality_communes_delete ON sites_intercommunality_communes;
CREATE POLICY intercommunality_communes_delete ON sites_intercommunality_communes FOR DELETE USING (
    (SELECT palier_is_system('stock_import', 'seeding'))
);
ALTER TABLE sites_territory_communes ENABLE ROW LEVEL SECURITY;
ALTER TABLE sites_territory_communes FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS territory_communes_select ON sites_territory_communes;
CREATE POLICY territory_communes_select ON sites_territory_communes FOR SELECT USING (
    true
);
DROP POLICY IF EXISTS territory_communes_insert ON sites_territory_communes;
CREATE POLICY territory_communes_insert ON sites_territory_communes FOR INSERT WITH CHECK (
    (SELECT palier_ids('palier.admin_of')) <> '{}' OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS territory_communes_delete ON sites_territory_communes;
CREATE POLICY territory_communes_delete ON sites_territory_communes FOR DELETE USING (
    (SELECT palier_ids('palier.admin_of')) <> '{}' OR (SELECT palier_is_system('seeding'))
);
