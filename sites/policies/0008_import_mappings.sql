-- sites_importmapping: it holds titles and words of a landlord's files; the landlord's lead alone.
ALTER TABLE sites_importmapping ENABLE ROW LEVEL SECURITY;
ALTER TABLE sites_importmapping FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS importmapping_all ON sites_importmapping;
CREATE POLICY importmapping_all ON sites_importmapping FOR ALL USING (
    organisation_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) OR (SELECT palier_is_system('seeding'))
);
