-- What was given to a circle rests on what each landlord shares with its territory. The function reads the agreements of
-- every territory, as the owner of the tables, and tells of those that whoever acts has to do with.
DROP POLICY IF EXISTS agreement_for_sharing ON sites_sharingagreement;
CREATE POLICY agreement_for_sharing ON sites_sharingagreement FOR SELECT TO palier_owner USING (
    true
);
DROP POLICY IF EXISTS terms_for_sharing ON sites_agreementterms;
CREATE POLICY terms_for_sharing ON sites_agreementterms FOR SELECT TO palier_owner USING (
    true
);
DROP POLICY IF EXISTS territory_for_sharing ON sites_territory;
CREATE POLICY territory_for_sharing ON sites_territory FOR SELECT TO palier_owner USING (
    true
);
CREATE OR REPLACE FUNCTION palier_shared_anywhere(territory bigint DEFAULT NULL)
    RETURNS TABLE (landlord_id bigint, territory_id bigint, commune_id bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET row_security = on AS $$
DECLARE
    theirs bigint[] := palier_ids('palier.territories') || palier_ids('palier.circle_territories')
        || palier_ids('palier.landlord_territories');
BEGIN
    RETURN QUERY SELECT s.landlord_id, s.territory_id, s.commune_id FROM palier_sharing() s
        WHERE s.territory_id = ANY (theirs) AND (territory IS NULL OR s.territory_id = territory);
END $$;

-- The mandates by which whoever acts sees a circle today, bound to the tables when it is written.
CREATE OR REPLACE FUNCTION palier_joined() RETURNS TABLE (mandate_id bigint, circle_id bigint, territory_id bigint)
    LANGUAGE sql STABLE
    BEGIN ATOMIC
        SELECT m.id, m.circle_id, m.territory_id
        FROM partners_mandate m JOIN accounts_membership b ON b.id = m.membership_id
        WHERE m.user_id = (SELECT palier_user()) AND b.user_id = m.user_id
            AND b.organisation_id = m.organisation_id AND b.role = 'partner'
            AND b.starts_on <= (SELECT palier_today()) AND (b.ends_on IS NULL OR b.ends_on > (SELECT palier_today()))
            AND m.starts_on <= (SELECT palier_today()) AND (m.ends_on IS NULL OR m.ends_on > (SELECT palier_today()))
            AND NOT EXISTS (
                SELECT 1 FROM partners_charter c
                WHERE c.territory_id = m.territory_id
                    AND c.number = (SELECT max(n.number) FROM partners_charter n WHERE n.territory_id = m.territory_id)
                    AND NOT EXISTS (
                        SELECT 1 FROM partners_charteracceptance a WHERE a.charter_id = c.id AND a.user_id = m.user_id));
    END;
ALTER FUNCTION palier_joined() RESET ALL;

-- This app's part of the scope. A coordinator reads the account of whoever has accepted a mandate of theirs, and the
-- organisation that they themselves chose for whoever has not.
CREATE OR REPLACE FUNCTION palier_scope_partners() RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM palier_hold('palier.circles', array_agg(c.id)),
        palier_hold('palier.circle_territories', array_agg(c.territory_id))
    FROM palier_joined() j JOIN partners_circle c ON c.id = j.circle_id
    WHERE c.starts_on <= palier_today() AND (c.ends_on IS NULL OR c.ends_on > palier_today());
    PERFORM palier_hold('palier.users', array_agg(DISTINCT m.user_id) FILTER (WHERE m.membership_id IS NOT NULL)),
        palier_hold('palier.circle_organisations',
            array_agg(DISTINCT m.organisation_id) FILTER (WHERE m.organisation_id IS NOT NULL))
    FROM partners_mandate m WHERE m.territory_id = ANY (palier_ids('palier.territories'));
END $$;
REVOKE EXECUTE ON FUNCTION palier_scope_partners() FROM PUBLIC;

ALTER FUNCTION palier_copy_follows_circle() SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION palier_guard_mandate() SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION palier_accept_mandate() SET search_path = pg_catalog, public, pg_temp;
