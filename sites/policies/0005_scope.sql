-- This app's part of the scope: the landlords, residences, communes and territories of whoever acts.
CREATE OR REPLACE FUNCTION palier_scope_sites() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('palier.residences', coalesce(array_agg(a.residence_id), '{}')::text, true)
    FROM sites_residenceassignment a JOIN accounts_membership m ON m.id = a.membership_id
    WHERE m.user_id = palier_user() AND m.role = 'agent'
        AND m.starts_on <= palier_today() AND (m.ends_on IS NULL OR m.ends_on > palier_today());
    PERFORM set_config('palier.landlords', coalesce(array_agg(id), '{}')::text, true)
    FROM (
        SELECT unnest(palier_ids('palier.lead_of')) AS id
        UNION
        SELECT m.organisation_id FROM accounts_membership m
        WHERE m.user_id = palier_user() AND m.role = 'agent'
            AND m.starts_on <= palier_today() AND (m.ends_on IS NULL OR m.ends_on > palier_today())
            AND NOT EXISTS (SELECT 1 FROM sites_residenceassignment a WHERE a.membership_id = m.id)
    ) own;
    PERFORM set_config('palier.territories', coalesce(array_agg(id), '{}')::text, true)
    FROM sites_territory WHERE organisation_id = ANY (palier_ids('palier.coordinator_of'));
    PERFORM set_config('palier.landlord_territories', coalesce(array_agg(territory_id), '{}')::text, true)
    FROM sites_sharingagreement
    WHERE landlord_id = ANY (palier_ids('palier.lead_of'))
        AND starts_on <= palier_today() AND (ends_on IS NULL OR ends_on > palier_today());
    PERFORM set_config('palier.shared_organisations', coalesce(array_agg(landlord_id), '{}')::text, true)
    FROM sites_sharingagreement
    WHERE territory_id = ANY (palier_ids('palier.territories'))
        AND starts_on <= palier_today() AND (ends_on IS NULL OR ends_on > palier_today());
    PERFORM set_config('palier.shared_landlords', coalesce(array_agg(landlord_id), '{}')::text, true),
        set_config('palier.shared_communes', coalesce(array_agg(commune_id), '{}')::text, true)
    FROM (
        SELECT DISTINCT a.landlord_id, tc.commune_id
        FROM sites_sharingagreement a JOIN sites_territory_communes tc ON tc.territory_id = a.territory_id
        WHERE a.territory_id = ANY (palier_ids('palier.territories'))
            AND a.starts_on <= palier_today() AND (a.ends_on IS NULL OR a.ends_on > palier_today())
    ) pairs;
END $$;
