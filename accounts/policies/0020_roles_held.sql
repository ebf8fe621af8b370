-- A membership is taken once from the proposal that its person accepted, today and without an end; and what was
-- prepared for it, its confirmation and its organisation's kind are not for those whom they bind to change.

-- Who is asked to confirm a role in an organisation: 'awaited' of somebody there; 'officer' of its data-protection
-- officer, where those who could lost their role less than 30 days ago or their account is closed; else 'nobody'.
DROP FUNCTION IF EXISTS palier_could_confirm(bigint, bigint[]);
CREATE OR REPLACE FUNCTION palier_who_confirms(organisation bigint, given text, but bigint[]) RETURNS text
    LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
    SELECT coalesce(min(CASE WHEN u.is_active AND (m.ends_on IS NULL OR m.ends_on > palier_today())
        THEN 'awaited' ELSE 'officer' END), 'nobody')
    FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id
    WHERE m.organisation_id = organisation AND m.user_id <> ALL (but)
        AND m.role = ANY (CASE given WHEN 'coordinator' THEN ARRAY['lead', 'coordinator']
            WHEN 'dpo' THEN ARRAY['lead', 'coordinator', 'dpo'] ELSE ARRAY['lead'] END)
        AND m.starts_on <= palier_today()
        AND (m.ends_on IS NULL OR m.ends_on > greatest(m.starts_on, palier_today() - 30))
$$;

CREATE OR REPLACE FUNCTION palier_guard_proposal() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    who bigint := palier_user();
    theirs boolean := coalesce(palier_user() = NEW.user_id, false);
    led boolean := NEW.organisation_id = ANY (palier_ids('palier.lead_of'));
BEGIN
    IF palier_is_system('seeding') THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF (NEW.state, NEW.seen_by) IS DISTINCT FROM ('waiting', '{}'::bigint[])
            OR num_nonnulls(NEW.membership_id, NEW.confirmed_by_id, NEW.answered_at) > 0
            OR NEW.lapses_on > palier_today() + 30 THEN
            RAISE EXCEPTION 'a proposal waits when it is written' USING ERRCODE = 'insufficient_privilege';
        END IF;
        NEW.confirmation := CASE
            WHEN who IS NULL OR led OR NEW.role NOT IN ('agent', 'lead', 'coordinator', 'dpo') THEN 'none'
            ELSE palier_who_confirms(NEW.organisation_id, NEW.role, ARRAY[NEW.user_id, NEW.proposed_by_id]) END;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.user_id, NEW.organisation_id, NEW.role, NEW.email, NEW.full_name, NEW.proposed_by_id,
        NEW.inviting_id, NEW.purpose, NEW.proposed_at, NEW.lapses_on) IS DISTINCT FROM
        (OLD.id, OLD.user_id, OLD.organisation_id, OLD.role, OLD.email, OLD.full_name, OLD.proposed_by_id,
        OLD.inviting_id, OLD.purpose, OLD.proposed_at, OLD.lapses_on) THEN
        RAISE EXCEPTION 'what is proposed does not change' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.state <> OLD.state AND NOT coalesce(OLD.state = 'waiting' AND CASE NEW.state
            WHEN 'accepted' THEN theirs AND NEW.lapses_on > palier_today()
                AND NEW.confirmation NOT IN ('awaited', 'officer')
            WHEN 'refused' THEN theirs
            WHEN 'withdrawn' THEN who IS NOT NULL AND NOT theirs
            WHEN 'lapsed' THEN palier_is_system('proposals') AND NEW.lapses_on <= palier_today() END, false) THEN
        RAISE EXCEPTION 'not theirs to answer' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF (NEW.confirmation, NEW.confirmed_by_id) IS DISTINCT FROM (OLD.confirmation, OLD.confirmed_by_id)
        AND NOT coalesce(OLD.state = 'waiting' AND CASE
            WHEN NEW.confirmation = 'given' THEN OLD.confirmation IN ('awaited', 'officer')
                AND NOT theirs AND who <> NEW.proposed_by_id AND NEW.confirmed_by_id = who
                AND (led OR NEW.role IN ('coordinator', 'dpo') AND NEW.organisation_id = ANY (palier_ids('palier.coordinator_of'))
                    OR (NEW.role = 'dpo' OR OLD.confirmation = 'officer') AND NEW.organisation_id = ANY (palier_ids('palier.dpo_of')))
            WHEN NEW.confirmation IN ('awaited', 'officer') THEN OLD.confirmation = 'nobody' AND palier_is_system('proposals')
            END, false) THEN
        RAISE EXCEPTION 'not theirs to confirm' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.membership_id IS DISTINCT FROM OLD.membership_id
        AND NOT (OLD.membership_id IS NULL AND NEW.state = 'accepted' AND theirs AND EXISTS (
            SELECT 1 FROM accounts_membership m WHERE m.id = NEW.membership_id AND m.user_id = NEW.user_id
                AND m.organisation_id = NEW.organisation_id AND m.role = NEW.role)) THEN
        RAISE EXCEPTION 'not theirs to hold' USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- The landlord's lead prepares what waits; of what was accepted they may only say that it no longer holds.
    IF NEW.prepared <> OLD.prepared
        AND NOT (led AND NOT theirs AND (NEW.state = 'waiting' OR NEW.state = 'accepted' AND NEW.prepared = '{}')) THEN
        RAISE EXCEPTION 'not theirs to prepare' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.seen_by <> OLD.seen_by AND NEW.seen_by IS DISTINCT FROM OLD.seen_by || who THEN
        RAISE EXCEPTION 'seen by others' USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- Whoever holds the role already takes it no second time by an invitation to a further circle.
    IF NEW.state = 'accepted' AND OLD.state = 'waiting' AND NEW.membership_id IS NULL THEN
        NEW.membership_id := (SELECT m.id FROM accounts_membership m
            WHERE m.user_id = NEW.user_id AND m.organisation_id = NEW.organisation_id AND m.role = NEW.role
                AND m.starts_on <= palier_today() AND (m.ends_on IS NULL OR m.ends_on > palier_today()));
    END IF;
    RETURN NEW;
END $$;

-- accounts_proposal: the data-protection officer of the organisation reads, and answers for it, what needs its word.
DROP POLICY IF EXISTS proposal_select ON accounts_proposal;
CREATE POLICY proposal_select ON accounts_proposal FOR SELECT USING (
    user_id = (SELECT palier_user()) OR organisation_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) OR ((role = 'coordinator' OR role = 'dpo') AND organisation_id = ANY ((SELECT palier_ids('palier.coordinator_of'))::bigint[])) OR (confirmation <> 'none' AND organisation_id = ANY ((SELECT palier_ids('palier.dpo_of'))::bigint[])) OR (SELECT palier_ids('palier.admin_of')) <> '{}' OR (SELECT palier_is_system('proposals', 'mail', 'seeding'))
);
DROP POLICY IF EXISTS proposal_update ON accounts_proposal;
CREATE POLICY proposal_update ON accounts_proposal FOR UPDATE USING (
    user_id = (SELECT palier_user()) OR organisation_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) OR ((role = 'coordinator' OR role = 'dpo') AND organisation_id = ANY ((SELECT palier_ids('palier.coordinator_of'))::bigint[])) OR (confirmation <> 'none' AND organisation_id = ANY ((SELECT palier_ids('palier.dpo_of'))::bigint[])) OR (SELECT palier_ids('palier.admin_of')) <> '{}' OR (SELECT palier_is_system('proposals', 'seeding'))
);

-- accounts_organisation: people read those that they belong to or belonged to; so does the trigger below.
DROP POLICY IF EXISTS organisation_of_person ON accounts_organisation;
CREATE POLICY organisation_of_person ON accounts_organisation FOR SELECT USING (
    id IN (SELECT m.organisation_id FROM accounts_membership m WHERE m.user_id = (SELECT palier_user()))
);
-- accounts_membership: a role that was held stays written down.
DROP POLICY IF EXISTS membership_delete ON accounts_membership;
CREATE POLICY membership_delete ON accounts_membership FOR DELETE USING (
    (SELECT palier_is_system('seeding'))
);

CREATE OR REPLACE FUNCTION palier_guard_membership() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF palier_is_system('seeding') THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF (NEW.starts_on, NEW.ends_on) IS DISTINCT FROM (palier_today(), NULL) THEN
            RAISE EXCEPTION 'a role is taken from today' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.user_id, NEW.organisation_id, NEW.role, NEW.starts_on) IS DISTINCT FROM
        (OLD.id, OLD.user_id, OLD.organisation_id, OLD.role, OLD.starts_on)
        OR coalesce(NEW.ends_on, 'infinity') > coalesce(OLD.ends_on, 'infinity')
        OR NEW.ends_on IS DISTINCT FROM OLD.ends_on AND NEW.ends_on < palier_today() THEN
        RAISE EXCEPTION 'a role only ever ends' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

-- People of police, justice and the State, and administrators, hold no landlord's role, whatever gives it. Once the row is
-- written its person reads the organisation, and so the kind of it.
CREATE OR REPLACE FUNCTION palier_keep_sides() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    of_landlord boolean := NEW.role IN ('agent', 'lead');
    of_partner boolean := NEW.role IN ('partner', 'admin') OR EXISTS (
        SELECT 1 FROM accounts_organisation o WHERE o.id = NEW.organisation_id AND palier_is_partner_kind(o.kind));
BEGIN
    IF NOT (of_landlord OR of_partner) OR TG_OP = 'UPDATE' AND NOT palier_is_system('seeding') THEN
        RETURN NULL;
    END IF;
    -- Of two roles taken at once the second waits here, and then sees the first.
    PERFORM 1 FROM accounts_user u WHERE u.id = NEW.user_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM accounts_membership m LEFT JOIN accounts_organisation o ON o.id = m.organisation_id
        WHERE m.user_id = NEW.user_id AND m.id <> NEW.id
            AND daterange(m.starts_on, m.ends_on) && daterange(NEW.starts_on, NEW.ends_on)
            AND (of_landlord AND (m.role IN ('partner', 'admin') OR palier_is_partner_kind(o.kind))
                OR of_partner AND m.role IN ('agent', 'lead'))
    ) THEN
        RAISE EXCEPTION 'partners and administrators hold no role of a landlord'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'membership_is_on_one_side';
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS keep_sides ON accounts_membership;
CREATE TRIGGER keep_sides AFTER INSERT OR UPDATE ON accounts_membership FOR EACH ROW EXECUTE FUNCTION palier_keep_sides();

-- Every accepted proposal of a role that is taken is used up by it.
CREATE OR REPLACE FUNCTION palier_use_proposal() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    UPDATE accounts_proposal SET membership_id = NEW.id
    WHERE user_id = NEW.user_id AND organisation_id = NEW.organisation_id AND role = NEW.role
        AND state = 'accepted' AND membership_id IS NULL;
    IF NOT FOUND AND NOT palier_is_system('seeding') THEN
        RAISE EXCEPTION 'a role is taken from a proposal' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS use_proposal ON accounts_membership;
CREATE TRIGGER use_proposal AFTER INSERT ON accounts_membership FOR EACH ROW EXECUTE FUNCTION palier_use_proposal();

-- The kind of an organisation decides which roles it gives and who confirms them.
CREATE OR REPLACE FUNCTION palier_keep_kind() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF NEW.kind <> OLD.kind AND NOT palier_is_system('seeding') THEN
        RAISE EXCEPTION 'they may not rename it or change its kind' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS keep_kind ON accounts_organisation;
CREATE TRIGGER keep_kind BEFORE UPDATE OF kind ON accounts_organisation FOR EACH ROW EXECUTE FUNCTION palier_keep_kind();
