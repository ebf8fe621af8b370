-- partners_mandate: a mandate is given in the name of the council of its territory, and counts while the territory belongs to
-- that one. Whoever administers could otherwise give the territory to an organisation of theirs, give a mandate, and give the
-- territory back.
CREATE OR REPLACE FUNCTION palier_guard_mandate() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.council_id := (SELECT t.organisation_id FROM sites_territory t WHERE t.id = NEW.territory_id);
    END IF;
    IF palier_is_system('seeding') THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF NEW.membership_id IS NOT NULL OR NOT EXISTS (
            SELECT 1 FROM accounts_proposal p
            WHERE p.id = NEW.proposal_id AND p.user_id = NEW.user_id AND p.organisation_id = NEW.organisation_id
                AND p.role = 'partner' AND p.state = 'waiting') THEN
            RAISE EXCEPTION 'a mandate is proposed' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.circle_id, NEW.territory_id, NEW.user_id, NEW.organisation_id, NEW.proposal_id, NEW.starts_on, NEW.council_id) IS DISTINCT FROM
        (OLD.id, OLD.circle_id, OLD.territory_id, OLD.user_id, OLD.organisation_id, OLD.proposal_id, OLD.starts_on, OLD.council_id)
        OR coalesce(NEW.ends_on, 'infinity') > coalesce(OLD.ends_on, 'infinity') THEN
        RAISE EXCEPTION 'a mandate only ever ends' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.membership_id IS DISTINCT FROM OLD.membership_id
        AND NOT coalesce(OLD.membership_id IS NULL AND NEW.user_id = palier_user() AND EXISTS (
            SELECT 1 FROM accounts_proposal p WHERE p.id = NEW.proposal_id AND p.membership_id = NEW.membership_id), false) THEN
        RAISE EXCEPTION 'not theirs to accept' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
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
            AND m.council_id = (SELECT t.organisation_id FROM sites_territory t WHERE t.id = m.territory_id)
            AND NOT EXISTS (
                SELECT 1 FROM partners_charter c
                WHERE c.territory_id = m.territory_id
                    AND c.number = (SELECT max(n.number) FROM partners_charter n WHERE n.territory_id = m.territory_id)
                    AND NOT EXISTS (
                        SELECT 1 FROM partners_charteracceptance a WHERE a.charter_id = c.id AND a.user_id = m.user_id));
    END;
