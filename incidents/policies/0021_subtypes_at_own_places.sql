-- The sub-types of a territory: its coordinators and members, and whoever records at places of its communes.
DROP POLICY IF EXISTS factsubtype_select ON incidents_factsubtype;
CREATE POLICY factsubtype_select ON incidents_factsubtype FOR SELECT USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) OR territory_id IN (
        SELECT tc.territory_id FROM sites_territory_communes tc JOIN sites_residence r ON r.commune_id = tc.commune_id
        WHERE r.landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[])
            OR r.id = ANY ((SELECT palier_ids('palier.residences'))::bigint[])
    ) OR territory_id = ANY ((SELECT palier_ids('palier.circle_territories'))::bigint[]) OR (SELECT palier_ids('palier.admin_of')) <> '{}' OR (SELECT palier_is_system('evaluation', 'incident_import', 'seeding'))
);
