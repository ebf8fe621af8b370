-- What is given to a circle has the circle's precision, which nobody changes from then on. A note names addresses.
ALTER TABLE partners_circle DROP CONSTRAINT IF EXISTS circle_of_precision CASCADE;
ALTER TABLE partners_circle ADD CONSTRAINT circle_of_precision UNIQUE (id, precision);
ALTER TABLE partners_publication ADD CONSTRAINT publication_is_as_precise_as_circle
    FOREIGN KEY (circle_id, precision) REFERENCES partners_circle (id, precision);
ALTER TABLE partners_synthesisnote ADD CONSTRAINT note_goes_to_a_circle_of_addresses
    FOREIGN KEY (circle_id, circle_precision) REFERENCES partners_circle (id, precision);

-- No site stands in a publication of counts, and no count in one of sites.
ALTER TABLE partners_publication DROP CONSTRAINT IF EXISTS publication_of_precision CASCADE;
ALTER TABLE partners_publication ADD CONSTRAINT publication_of_precision UNIQUE (id, precision);
ALTER TABLE partners_publishedsite ADD CONSTRAINT site_is_as_precise_as_publication
    FOREIGN KEY (publication_id, precision) REFERENCES partners_publication (id, precision);
ALTER TABLE partners_publishedcount ADD CONSTRAINT count_is_as_precise_as_publication
    FOREIGN KEY (publication_id, precision) REFERENCES partners_publication (id, precision);

ALTER TABLE partners_publishedcount ENABLE ROW LEVEL SECURITY;
ALTER TABLE partners_publishedcount FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS publishedcount_select ON partners_publishedcount;
CREATE POLICY publishedcount_select ON partners_publishedcount FOR SELECT USING (
    publication_id IN (
            SELECT p.id FROM partners_publication p
            WHERE p.shares <@ ARRAY(
                SELECT s.landlord_id || ':' || s.commune_id FROM palier_shared_anywhere(p.territory_id) s)
            AND (p.territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
                OR (p.withdrawn_at IS NULL AND p.circle_id = ANY ((SELECT palier_ids('palier.circles'))::bigint[])
                    AND p.territory_id NOT IN (SELECT t.territory_id FROM sites_territory_communes t
                JOIN sites_territory_communes o ON o.commune_id = t.commune_id AND o.territory_id <> t.territory_id
                WHERE o.territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
                    OR o.territory_id IN (
                        SELECT m.territory_id FROM partners_mandate m
                        WHERE m.user_id = (SELECT palier_user()) AND m.membership_id IS NOT NULL))))
        ) OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS publishedcount_insert ON partners_publishedcount;
CREATE POLICY publishedcount_insert ON partners_publishedcount FOR INSERT WITH CHECK (
    publication_id IN (SELECT p.id FROM partners_publication p WHERE p.territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) OR (SELECT palier_is_system('seeding')))
);
DROP POLICY IF EXISTS publishedcount_update ON partners_publishedcount;
CREATE POLICY publishedcount_update ON partners_publishedcount FOR UPDATE USING (
    publication_id IN (SELECT p.id FROM partners_publication p WHERE p.territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) OR (SELECT palier_is_system('seeding')))
);
DROP POLICY IF EXISTS publishedcount_delete ON partners_publishedcount;
CREATE POLICY publishedcount_delete ON partners_publishedcount FOR DELETE USING (
    publication_id IN (SELECT p.id FROM partners_publication p WHERE p.territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) OR (SELECT palier_is_system('seeding')))
);
