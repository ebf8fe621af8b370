-- Circles: the coordinator of the territory manages; a person with a live mandate in a live
-- circle reads what was given to it, and nothing else. Ending any of them empties
-- palier.circles at the next request.

-- A mandate's territory is its circle's.
ALTER TABLE partners_circle DROP CONSTRAINT IF EXISTS circle_of_territory CASCADE;
ALTER TABLE partners_circle ADD CONSTRAINT circle_of_territory UNIQUE (id, territory_id);
ALTER TABLE partners_mandate ADD CONSTRAINT mandate_follows_circle
    FOREIGN KEY (circle_id, territory_id) REFERENCES partners_circle (id, territory_id) ON UPDATE CASCADE;
ALTER TABLE partners_publication ADD CONSTRAINT publication_follows_circle
    FOREIGN KEY (circle_id, territory_id) REFERENCES partners_circle (id, territory_id) ON UPDATE CASCADE;

-- partners_circle
ALTER TABLE partners_circle ENABLE ROW LEVEL SECURITY;
ALTER TABLE partners_circle FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS circle_select ON partners_circle;
CREATE POLICY circle_select ON partners_circle FOR SELECT USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
    OR (SELECT palier_is_system('seeding'))
    OR id = ANY ((SELECT palier_ids('palier.circles'))::bigint[])
    OR id IN (SELECT m.circle_id FROM partners_mandate m WHERE m.user_id = (SELECT palier_user()))
);
DROP POLICY IF EXISTS circle_insert ON partners_circle;
CREATE POLICY circle_insert ON partners_circle FOR INSERT WITH CHECK (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
    OR (SELECT palier_is_system('seeding')));
DROP POLICY IF EXISTS circle_update ON partners_circle;
CREATE POLICY circle_update ON partners_circle FOR UPDATE USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
    OR (SELECT palier_is_system('seeding')));
DROP POLICY IF EXISTS circle_delete ON partners_circle;
CREATE POLICY circle_delete ON partners_circle FOR DELETE USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
    OR (SELECT palier_is_system('seeding')));

-- partners_mandate: one's own (that is how the scope finds a partner's circles).
ALTER TABLE partners_mandate ENABLE ROW LEVEL SECURITY;
ALTER TABLE partners_mandate FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS mandate_select ON partners_mandate;
CREATE POLICY mandate_select ON partners_mandate FOR SELECT USING (
    user_id = (SELECT palier_user())
    OR territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
    OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS mandate_insert ON partners_mandate;
CREATE POLICY mandate_insert ON partners_mandate FOR INSERT WITH CHECK (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
    OR (SELECT palier_is_system('seeding')));
DROP POLICY IF EXISTS mandate_update ON partners_mandate;
CREATE POLICY mandate_update ON partners_mandate FOR UPDATE USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
    OR (SELECT palier_is_system('seeding')));
DROP POLICY IF EXISTS mandate_delete ON partners_mandate;
CREATE POLICY mandate_delete ON partners_mandate FOR DELETE USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
    OR (SELECT palier_is_system('seeding')));

-- partners_publication and its sites: the circle's members; the leads of landlords with a
-- live agreement with the territory.
ALTER TABLE partners_publication ENABLE ROW LEVEL SECURITY;
ALTER TABLE partners_publication FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS publication_select ON partners_publication;
CREATE POLICY publication_select ON partners_publication FOR SELECT USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
    OR (SELECT palier_is_system('seeding'))
    OR circle_id = ANY ((SELECT palier_ids('palier.circles'))::bigint[])
    OR territory_id = ANY ((SELECT palier_ids('palier.landlord_territories'))::bigint[])
);
DROP POLICY IF EXISTS publication_insert ON partners_publication;
CREATE POLICY publication_insert ON partners_publication FOR INSERT WITH CHECK (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
    OR (SELECT palier_is_system('seeding')));
DROP POLICY IF EXISTS publication_update ON partners_publication;
CREATE POLICY publication_update ON partners_publication FOR UPDATE USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
    OR (SELECT palier_is_system('seeding')));
DROP POLICY IF EXISTS publication_delete ON partners_publication;
CREATE POLICY publication_delete ON partners_publication FOR DELETE USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
    OR (SELECT palier_is_system('seeding')));
ALTER TABLE partners_publishedsite ENABLE ROW LEVEL SECURITY;
ALTER TABLE partners_publishedsite FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS publishedsite_select ON partners_publishedsite;
CREATE POLICY publishedsite_select ON partners_publishedsite FOR SELECT USING (
    publication_id IN (SELECT p.id FROM partners_publication p)
);
DROP POLICY IF EXISTS publishedsite_insert ON partners_publishedsite;
CREATE POLICY publishedsite_insert ON partners_publishedsite FOR INSERT WITH CHECK (
    publication_id IN (
        SELECT p.id FROM partners_publication p
        WHERE p.territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
            OR (SELECT palier_is_system('seeding'))
    ));
DROP POLICY IF EXISTS publishedsite_update ON partners_publishedsite;
CREATE POLICY publishedsite_update ON partners_publishedsite FOR UPDATE USING (
    publication_id IN (
        SELECT p.id FROM partners_publication p
        WHERE p.territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
            OR (SELECT palier_is_system('seeding'))
    ));
DROP POLICY IF EXISTS publishedsite_delete ON partners_publishedsite;
CREATE POLICY publishedsite_delete ON partners_publishedsite FOR DELETE USING (
    publication_id IN (
        SELECT p.id FROM partners_publication p
        WHERE p.territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
            OR (SELECT palier_is_system('seeding'))
    ));

-- partners_synthesisnote: its coordinator; once issued, the landlord it is about, and the
-- members who hold a copy that was not revoked.
ALTER TABLE partners_notecopy ENABLE ROW LEVEL SECURITY;
ALTER TABLE partners_notecopy FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS notecopy_select ON partners_notecopy;
CREATE POLICY notecopy_select ON partners_notecopy FOR SELECT USING (
    (revoked_at IS NULL AND mandate_id IN (
        SELECT m.id FROM partners_mandate m
        WHERE m.user_id = (SELECT palier_user())
            AND m.circle_id = ANY ((SELECT palier_ids('palier.circles'))::bigint[])
            AND m.starts_on <= (SELECT palier_today())
            AND (m.ends_on IS NULL OR m.ends_on > (SELECT palier_today()))
    ))
    OR mandate_id IN (
        SELECT m.id FROM partners_mandate m
        WHERE m.territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
            OR (SELECT palier_is_system('seeding'))
    )
);
DROP POLICY IF EXISTS notecopy_insert ON partners_notecopy;
CREATE POLICY notecopy_insert ON partners_notecopy FOR INSERT WITH CHECK (
    mandate_id IN (
        SELECT m.id FROM partners_mandate m
        WHERE m.territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
            OR (SELECT palier_is_system('seeding'))
    ));
DROP POLICY IF EXISTS notecopy_update ON partners_notecopy;
CREATE POLICY notecopy_update ON partners_notecopy FOR UPDATE USING (
    mandate_id IN (
        SELECT m.id FROM partners_mandate m
        WHERE m.territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
            OR (SELECT palier_is_system('seeding'))
    ));
DROP POLICY IF EXISTS notecopy_delete ON partners_notecopy;
CREATE POLICY notecopy_delete ON partners_notecopy FOR DELETE USING (
    mandate_id IN (
        SELECT m.id FROM partners_mandate m
        WHERE m.territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
            OR (SELECT palier_is_system('seeding'))
    ));
ALTER TABLE partners_synthesisnote ENABLE ROW LEVEL SECURITY;
ALTER TABLE partners_synthesisnote FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS note_select ON partners_synthesisnote;
CREATE POLICY note_select ON partners_synthesisnote FOR SELECT USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
    OR (SELECT palier_is_system('jobs', 'seeding'))
    OR id IN (SELECT c.note_id FROM partners_notecopy c)
    OR (issued_at IS NOT NULL AND landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]))
);
DROP POLICY IF EXISTS note_insert ON partners_synthesisnote;
CREATE POLICY note_insert ON partners_synthesisnote FOR INSERT WITH CHECK (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
    OR (SELECT palier_is_system('jobs', 'seeding')));
DROP POLICY IF EXISTS note_update ON partners_synthesisnote;
CREATE POLICY note_update ON partners_synthesisnote FOR UPDATE USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
    OR (SELECT palier_is_system('jobs', 'seeding')));
DROP POLICY IF EXISTS note_delete ON partners_synthesisnote;
CREATE POLICY note_delete ON partners_synthesisnote FOR DELETE USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
    OR (SELECT palier_is_system('jobs', 'seeding')));
