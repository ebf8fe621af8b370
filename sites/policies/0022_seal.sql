-- The rules of sharing, bound to the tables when they are written: no temporary table of a session stands for one of them.
CREATE OR REPLACE FUNCTION palier_shared() RETURNS TABLE (landlord_id bigint, commune_id bigint)
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
        SELECT * FROM unnest(palier_ids('palier.shared_landlords'), palier_ids('palier.shared_communes'));
    END;

CREATE OR REPLACE FUNCTION palier_agreements_in_force()
    RETURNS TABLE (agreement_id bigint, landlord_id bigint, territory_id bigint, communes bigint[])
    LANGUAGE sql STABLE
    BEGIN ATOMIC
        SELECT a.id, a.landlord_id, a.territory_id, said.communes
        FROM sites_sharingagreement a
        JOIN sites_territory t ON t.id = a.territory_id
        CROSS JOIN LATERAL (
            SELECT s.organisation_id, s.kind, s.communes FROM sites_agreementterms s
            WHERE s.agreement_id = a.id ORDER BY s.id DESC LIMIT 1
        ) said
        WHERE said.organisation_id = t.organisation_id AND said.kind = t.kind
            AND a.starts_on <= (SELECT palier_today()) AND (a.ends_on IS NULL OR a.ends_on > (SELECT palier_today()));
    END;

CREATE OR REPLACE FUNCTION palier_sharing() RETURNS TABLE (landlord_id bigint, territory_id bigint, commune_id bigint)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
        SELECT f.landlord_id, f.territory_id, c.commune_id
        FROM palier_agreements_in_force() f
        JOIN sites_territory_communes c ON c.territory_id = f.territory_id AND c.commune_id = ANY (f.communes);
    END;

-- This app's part of the scope. Each condition names what it rests on: the owner, as whom it runs, sees every territory.
-- An agent without assignments sees the whole landlord, unless residences were foreseen for the role: until these are
-- assigned, or its lead has said that they no longer hold, the agent sees none.
CREATE OR REPLACE FUNCTION palier_scope_sites() RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM palier_hold('palier.residences', array_agg(a.residence_id))
    FROM sites_residenceassignment a JOIN accounts_membership m ON m.id = a.membership_id
    WHERE m.user_id = palier_user() AND m.role = 'agent'
        AND m.starts_on <= palier_today() AND (m.ends_on IS NULL OR m.ends_on > palier_today());
    PERFORM palier_hold('palier.landlords', array_agg(own.id))
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
    PERFORM palier_hold('palier.territories', array_agg(t.id))
    FROM sites_territory t WHERE t.organisation_id = ANY (palier_ids('palier.coordinator_of'));
    PERFORM palier_hold('palier.landlord_territories', array_agg(f.territory_id))
    FROM palier_agreements_in_force() f WHERE f.landlord_id = ANY (palier_ids('palier.lead_of'));
    -- The names of the landlords that have not said what they share, or refused, are seen too.
    PERFORM palier_hold('palier.shared_organisations', array_agg(a.landlord_id))
    FROM sites_sharingagreement a
    WHERE a.territory_id = ANY (palier_ids('palier.territories'))
        AND (a.ends_on IS NULL OR a.ends_on > palier_today());
    PERFORM palier_hold('palier.shared_landlords', array_agg(pairs.landlord_id)),
        palier_hold('palier.shared_communes', array_agg(pairs.commune_id))
    FROM (
        SELECT DISTINCT s.landlord_id, s.commune_id FROM palier_sharing() s
        WHERE s.territory_id = ANY (palier_ids('palier.territories'))
    ) pairs;
END $$;
REVOKE EXECUTE ON FUNCTION palier_scope_sites() FROM PUBLIC;

ALTER FUNCTION palier_note_created() SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION palier_note_changed() SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION palier_guard_agreement() SET search_path = pg_catalog, public, pg_temp;
