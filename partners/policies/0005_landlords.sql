-- partners_publication: to the circle's members; to the leads of the landlords whose sites it holds,
-- while they share with the territory. Signing an agreement opens nothing that was published before.
DROP POLICY IF EXISTS publication_select ON partners_publication;
CREATE POLICY publication_select ON partners_publication FOR SELECT USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
    OR (SELECT palier_is_system('seeding'))
    OR circle_id = ANY ((SELECT palier_ids('palier.circles'))::bigint[])
    OR (
        territory_id = ANY ((SELECT palier_ids('palier.landlord_territories'))::bigint[])
        AND landlords && (SELECT palier_ids('palier.lead_of'))::bigint[]
    )
);
