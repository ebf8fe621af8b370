-- What people did to places, and the earlier states of places: for the leads of their landlord.
ALTER TABLE sites_placechange ENABLE ROW LEVEL SECURITY;
ALTER TABLE sites_placechange FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS placechange_all ON sites_placechange;
CREATE POLICY placechange_all ON sites_placechange FOR ALL USING (
    landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) OR (SELECT palier_is_system('seeding'))
);

ALTER TABLE sites_residence_history ENABLE ROW LEVEL SECURITY;
ALTER TABLE sites_residence_history FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS residence_history_all ON sites_residence_history;
CREATE POLICY residence_history_all ON sites_residence_history FOR ALL USING (
    landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) OR (SELECT palier_is_system('stock_import', 'seeding'))
);

ALTER TABLE sites_address_history ENABLE ROW LEVEL SECURITY;
ALTER TABLE sites_address_history FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS address_history_all ON sites_address_history;
CREATE POLICY address_history_all ON sites_address_history FOR ALL USING (
    landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) OR (SELECT palier_is_system('stock_import', 'seeding'))
);

