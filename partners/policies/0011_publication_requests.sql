-- partners_publicationrequest: the coordinators of the territory, and the worker's progress. Neither the
-- circle nor a landlord sees that something is being published.
ALTER TABLE partners_publicationrequest DROP CONSTRAINT IF EXISTS publicationrequest_follows_circle;
ALTER TABLE partners_publicationrequest ADD CONSTRAINT publicationrequest_follows_circle
    FOREIGN KEY (circle_id, territory_id) REFERENCES partners_circle (id, territory_id) ON UPDATE CASCADE;
ALTER TABLE partners_publicationrequest ENABLE ROW LEVEL SECURITY;
ALTER TABLE partners_publicationrequest FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS publicationrequest_all ON partners_publicationrequest;
CREATE POLICY publicationrequest_all ON partners_publicationrequest FOR ALL USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
    OR (SELECT palier_is_system('jobs', 'seeding'))
);
