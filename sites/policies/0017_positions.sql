-- sites_communeoutline: published by the State, so whoever is logged in may read it; only the operator's import writes it.
ALTER TABLE sites_communeoutline ENABLE ROW LEVEL SECURITY;
ALTER TABLE sites_communeoutline FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS outline_select ON sites_communeoutline;
CREATE POLICY outline_select ON sites_communeoutline FOR SELECT USING (
    (SELECT palier_user()) IS NOT NULL OR (SELECT palier_is_system('stock_import', 'seeding'))
);
DROP POLICY IF EXISTS outline_insert ON sites_communeoutline;
CREATE POLICY outline_insert ON sites_communeoutline FOR INSERT WITH CHECK (
    (SELECT palier_is_system('stock_import', 'seeding'))
);
DROP POLICY IF EXISTS outline_update ON sites_communeoutline;
CREATE POLICY outline_update ON sites_communeoutline FOR UPDATE USING (
    (SELECT palier_is_system('stock_import', 'seeding'))
);
DROP POLICY IF EXISTS outline_delete ON sites_communeoutline;
CREATE POLICY outline_delete ON sites_communeoutline FOR DELETE USING (
    (SELECT palier_is_system('stock_import', 'seeding'))
);

-- sites_placement and sites_positionchange: the leads of the landlord, who alone place its addresses.
ALTER TABLE sites_placement ENABLE ROW LEVEL SECURITY;
ALTER TABLE sites_placement FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS placement_all ON sites_placement;
CREATE POLICY placement_all ON sites_placement FOR ALL USING (
    landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) OR (SELECT palier_is_system('seeding'))
);

ALTER TABLE sites_positionchange ENABLE ROW LEVEL SECURITY;
ALTER TABLE sites_positionchange FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS positionchange_all ON sites_positionchange;
CREATE POLICY positionchange_all ON sites_positionchange FOR ALL USING (
    landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) OR (SELECT palier_is_system('stock_import', 'seeding'))
);

-- The history of an address's position goes with the address, also where it is deleted in SQL.
ALTER TABLE sites_positionchange DROP CONSTRAINT IF EXISTS positionchange_goes_with_address;
ALTER TABLE sites_positionchange ADD CONSTRAINT positionchange_goes_with_address
    FOREIGN KEY (address_id) REFERENCES sites_address (id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE;
