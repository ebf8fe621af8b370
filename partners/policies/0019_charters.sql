-- partners_mandate: a mandate is proposed, and rests on the role that its person has by accepting it. Deleted it is never.
ALTER TABLE partners_charter ENABLE ROW LEVEL SECURITY;
ALTER TABLE partners_charter FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS charter_select ON partners_charter;
CREATE POLICY charter_select ON partners_charter FOR SELECT USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) OR territory_id IN (SELECT m.territory_id FROM partners_mandate m WHERE m.user_id = (SELECT palier_user())) OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS charter_insert ON partners_charter;
CREATE POLICY charter_insert ON partners_charter FOR INSERT WITH CHECK (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) OR (SELECT palier_is_system('seeding'))
);
ALTER TABLE partners_charteracceptance ENABLE ROW LEVEL SECURITY;
ALTER TABLE partners_charteracceptance FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS charteracceptance_select ON partners_charteracceptance;
CREATE POLICY charteracceptance_select ON partners_charteracceptance FOR SELECT USING (
    user_id = (SELECT palier_user()) OR charter_id IN (SELECT c.id FROM partners_charter c WHERE c.territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])) OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS charteracceptance_insert ON partners_charteracceptance;
CREATE POLICY charteracceptance_insert ON partners_charteracceptance FOR INSERT WITH CHECK (
    (user_id = (SELECT palier_user()) AND charter_id IN (SELECT c.id FROM partners_charter c)) OR (SELECT palier_is_system('seeding'))
);

DROP POLICY IF EXISTS mandate_update ON partners_mandate;
CREATE POLICY mandate_update ON partners_mandate FOR UPDATE USING (
    user_id = (SELECT palier_user()) OR territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS mandate_delete ON partners_mandate;
CREATE POLICY mandate_delete ON partners_mandate FOR DELETE USING (
    (SELECT palier_is_system('seeding'))
);

CREATE OR REPLACE FUNCTION palier_guard_mandate() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
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
    IF (NEW.id, NEW.circle_id, NEW.territory_id, NEW.user_id, NEW.organisation_id, NEW.proposal_id, NEW.starts_on) IS DISTINCT FROM
        (OLD.id, OLD.circle_id, OLD.territory_id, OLD.user_id, OLD.organisation_id, OLD.proposal_id, OLD.starts_on)
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
DROP TRIGGER IF EXISTS guard_mandate ON partners_mandate;
CREATE TRIGGER guard_mandate BEFORE INSERT OR UPDATE ON partners_mandate FOR EACH ROW EXECUTE FUNCTION palier_guard_mandate();

-- Whoever accepts an invitation to a circle has the mandate rest on the role that they have by it.
CREATE OR REPLACE FUNCTION palier_accept_mandate() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    UPDATE partners_mandate SET membership_id = NEW.membership_id WHERE proposal_id = NEW.id AND membership_id IS NULL;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS accept_mandate ON accounts_proposal;
CREATE TRIGGER accept_mandate AFTER UPDATE ON accounts_proposal FOR EACH ROW
    WHEN (OLD.membership_id IS NULL AND NEW.membership_id IS NOT NULL) EXECUTE FUNCTION palier_accept_mandate();

-- The mandates by which whoever acts sees a circle today: accepted, live, resting on a live role, and the current text of
-- the charter accepted where there is one.
CREATE OR REPLACE FUNCTION palier_joined() RETURNS TABLE (mandate_id bigint, circle_id bigint, territory_id bigint)
    LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
    SELECT m.id, m.circle_id, m.territory_id
    FROM partners_mandate m JOIN accounts_membership b ON b.id = m.membership_id
    WHERE m.user_id = palier_user() AND b.user_id = m.user_id AND b.organisation_id = m.organisation_id AND b.role = 'partner'
        AND b.starts_on <= palier_today() AND (b.ends_on IS NULL OR b.ends_on > palier_today())
        AND m.starts_on <= palier_today() AND (m.ends_on IS NULL OR m.ends_on > palier_today())
        AND NOT EXISTS (
            SELECT 1 FROM partners_charter c
            WHERE c.territory_id = m.territory_id
                AND c.number = (SELECT max(n.number) FROM partners_charter n WHERE n.territory_id = m.territory_id)
                AND NOT EXISTS (
                    SELECT 1 FROM partners_charteracceptance a WHERE a.charter_id = c.id AND a.user_id = m.user_id))
$$;
DROP POLICY IF EXISTS circle_select ON partners_circle;
CREATE POLICY circle_select ON partners_circle FOR SELECT USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) OR (SELECT palier_is_system('seeding')) OR (starts_on <= (SELECT palier_today()) AND (ends_on IS NULL OR ends_on > (SELECT palier_today())) AND id IN (SELECT j.circle_id FROM palier_joined() j))
);

-- accounts_membership: a coordinator reads the role that a mandate in their circles rests on, and no other of that person's.
DROP POLICY IF EXISTS membership_of_circle ON accounts_membership;
CREATE POLICY membership_of_circle ON accounts_membership FOR SELECT USING (
    role = 'partner' AND id IN (SELECT m.membership_id FROM partners_mandate m WHERE m.territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]))
);

-- This app's part of the scope. A coordinator reads the account of whoever has accepted a mandate of theirs, and the
-- organisation that they themselves chose for whoever has not.
CREATE OR REPLACE FUNCTION palier_scope_partners() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('palier.circles', coalesce(array_agg(c.id), '{}')::text, true),
        set_config('palier.circle_territories', coalesce(array_agg(c.territory_id), '{}')::text, true)
    FROM palier_joined() j JOIN partners_circle c ON c.id = j.circle_id
    WHERE c.starts_on <= palier_today() AND (c.ends_on IS NULL OR c.ends_on > palier_today());
    PERFORM set_config('palier.users', coalesce(array_agg(DISTINCT user_id) FILTER (WHERE membership_id IS NOT NULL), '{}')::text, true),
        set_config('palier.circle_organisations', coalesce(array_agg(DISTINCT organisation_id) FILTER (WHERE organisation_id IS NOT NULL), '{}')::text, true)
    FROM partners_mandate WHERE territory_id = ANY (palier_ids('palier.territories'));
END $$;

-- sites_territory: a member who has yet to accept the charter sees no circle, but whose charter it is.
DROP POLICY IF EXISTS territory_of_mandate ON sites_territory;
CREATE POLICY territory_of_mandate ON sites_territory FOR SELECT USING (
    id IN (SELECT m.territory_id FROM partners_mandate m WHERE m.user_id = (SELECT palier_user()) AND m.membership_id IS NOT NULL AND m.starts_on <= (SELECT palier_today()) AND (m.ends_on IS NULL OR m.ends_on > (SELECT palier_today())))
);
