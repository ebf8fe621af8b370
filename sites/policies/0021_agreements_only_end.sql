-- sites_sharingagreement: says once between whom it is and when it begins, and then only ends; another one begins by the
-- word of the landlord's lead.
CREATE OR REPLACE FUNCTION palier_guard_agreement() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF NOT palier_is_system('seeding') AND (
        (NEW.id, NEW.landlord_id, NEW.territory_id, NEW.starts_on) IS DISTINCT FROM
        (OLD.id, OLD.landlord_id, OLD.territory_id, OLD.starts_on)
        OR coalesce(NEW.ends_on, 'infinity') > coalesce(OLD.ends_on, 'infinity')
    ) THEN
        RAISE EXCEPTION 'an agreement only ever ends' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS guard_agreement ON sites_sharingagreement;
CREATE TRIGGER guard_agreement BEFORE UPDATE ON sites_sharingagreement FOR EACH ROW
    EXECUTE FUNCTION palier_guard_agreement();

-- This app's part of the scope. An agent without assignments sees the whole landlord, unless residences were foreseen for
-- the role: until these are assigned, or its lead has said that they no longer hold, the agent sees none.
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
            AND NOT EXISTS (
                SELECT 1 FROM accounts_proposal p
                WHERE p.membership_id = m.id AND jsonb_path_exists(p.prepared, '$.residences[*]'))
    ) own;
    PERFORM set_config('palier.territories', coalesce(array_agg(id), '{}')::text, true)
    FROM sites_territory WHERE organisation_id = ANY (palier_ids('palier.coordinator_of'));
    PERFORM set_config('palier.landlord_territories', coalesce(array_agg(f.territory_id), '{}')::text, true)
    FROM palier_agreements_in_force() f WHERE f.landlord_id = ANY (palier_ids('palier.lead_of'));
    -- The names of the landlords that have not said what they share, or refused, are seen too.
    PERFORM set_config('palier.shared_organisations', coalesce(array_agg(landlord_id), '{}')::text, true)
    FROM sites_sharingagreement
    WHERE territory_id = ANY (palier_ids('palier.territories'))
        AND (ends_on IS NULL OR ends_on > palier_today());
    PERFORM set_config('palier.shared_landlords', coalesce(array_agg(landlord_id), '{}')::text, true),
        set_config('palier.shared_communes', coalesce(array_agg(commune_id), '{}')::text, true)
    FROM (
        SELECT DISTINCT s.landlord_id, s.commune_id FROM palier_sharing() s
        WHERE s.territory_id = ANY (palier_ids('palier.territories'))
    ) pairs;
END $$;
