-- This app's part of the scope: the circles of whoever acts, and the people a coordinator has in circles.
CREATE OR REPLACE FUNCTION palier_scope_partners() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('palier.circles', coalesce(array_agg(c.id), '{}')::text, true),
        set_config('palier.circle_territories', coalesce(array_agg(c.territory_id), '{}')::text, true)
    FROM partners_mandate m JOIN partners_circle c ON c.id = m.circle_id
    WHERE m.user_id = palier_user() AND m.organisation_id = ANY (palier_ids('palier.partner_of'))
        AND m.starts_on <= palier_today() AND (m.ends_on IS NULL OR m.ends_on > palier_today())
        AND c.starts_on <= palier_today() AND (c.ends_on IS NULL OR c.ends_on > palier_today());
    PERFORM set_config('palier.users', coalesce(array_agg(m.user_id), '{}')::text, true)
    FROM partners_mandate m JOIN partners_circle c ON c.id = m.circle_id
    WHERE c.territory_id = ANY (palier_ids('palier.territories'));
    PERFORM set_config('palier.circle_organisations', coalesce(array_agg(organisation_id), '{}')::text, true)
    FROM accounts_membership WHERE user_id = ANY (palier_ids('palier.users')) AND role = 'partner';
END $$;
