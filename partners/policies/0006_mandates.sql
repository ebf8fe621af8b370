-- partners_circle: to a member, for as long as mandate, circle and the membership that the mandate was
-- given for live. Whoever leaves the police does not keep its circles by joining another service.
DROP POLICY IF EXISTS circle_select ON partners_circle;
CREATE POLICY circle_select ON partners_circle FOR SELECT USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
    OR (SELECT palier_is_system('seeding'))
    OR (
        starts_on <= (SELECT palier_today()) AND (ends_on IS NULL OR ends_on > (SELECT palier_today()))
        AND id IN (
            SELECT m.circle_id FROM partners_mandate m
            WHERE m.user_id = (SELECT palier_user())
                AND m.organisation_id = ANY ((SELECT palier_ids('palier.partner_of'))::bigint[])
                AND m.starts_on <= (SELECT palier_today())
                AND (m.ends_on IS NULL OR m.ends_on > (SELECT palier_today())))
    )
);
