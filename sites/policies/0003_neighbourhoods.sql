-- sites_priorityneighbourhood: published by the State, so whoever is logged in may read it; only
-- the operator's import writes it.
ALTER TABLE sites_priorityneighbourhood ENABLE ROW LEVEL SECURITY;
ALTER TABLE sites_priorityneighbourhood FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS neighbourhood_select ON sites_priorityneighbourhood;
CREATE POLICY neighbourhood_select ON sites_priorityneighbourhood FOR SELECT USING (
    (SELECT palier_user()) IS NOT NULL OR (SELECT palier_is_system('stock_import', 'seeding'))
);
DROP POLICY IF EXISTS neighbourhood_insert ON sites_priorityneighbourhood;
CREATE POLICY neighbourhood_insert ON sites_priorityneighbourhood FOR INSERT WITH CHECK (
    (SELECT palier_is_system('stock_import', 'seeding')));
DROP POLICY IF EXISTS neighbourhood_update ON sites_priorityneighbourhood;
CREATE POLICY neighbourhood_update ON sites_priorityneighbourhood FOR UPDATE USING (
    (SELECT palier_is_system('stock_import', 'seeding')));
DROP POLICY IF EXISTS neighbourhood_delete ON sites_priorityneighbourhood;
CREATE POLICY neighbourhood_delete ON sites_priorityneighbourhood FOR DELETE USING (
    (SELECT palier_is_system('stock_import', 'seeding')));
