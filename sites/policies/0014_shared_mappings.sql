-- sites_sharedmapping: every lead finds what another landlord gives; that landlord and administrators change it.
ALTER TABLE sites_sharedmapping ENABLE ROW LEVEL SECURITY;
ALTER TABLE sites_sharedmapping FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS sharedmapping_select ON sites_sharedmapping;
CREATE POLICY sharedmapping_select ON sites_sharedmapping FOR SELECT USING (
    (SELECT palier_ids('palier.lead_of')) <> '{}' OR (SELECT palier_ids('palier.admin_of')) <> '{}' OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS sharedmapping_insert ON sites_sharedmapping;
CREATE POLICY sharedmapping_insert ON sites_sharedmapping FOR INSERT WITH CHECK (
    organisation_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS sharedmapping_update ON sites_sharedmapping;
CREATE POLICY sharedmapping_update ON sites_sharedmapping FOR UPDATE USING (
    organisation_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) OR (SELECT palier_ids('palier.admin_of')) <> '{}' OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS sharedmapping_delete ON sites_sharedmapping;
CREATE POLICY sharedmapping_delete ON sites_sharedmapping FOR DELETE USING (
    organisation_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) OR (SELECT palier_ids('palier.admin_of')) <> '{}' OR (SELECT palier_is_system('seeding'))
);
