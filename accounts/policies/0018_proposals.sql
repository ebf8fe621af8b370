-- accounts_proposal: roles are proposed to people, who accept or refuse them; until then they count for nothing.
CREATE OR REPLACE FUNCTION palier_is_partner_kind(kind text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN kind = ANY (ARRAY['police', 'gendarmerie', 'municipal_police', 'justice', 'state']);

ALTER TABLE accounts_proposal ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts_proposal FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS proposal_select ON accounts_proposal;
CREATE POLICY proposal_select ON accounts_proposal FOR SELECT USING (
    user_id = (SELECT palier_user()) OR organisation_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) OR (role = 'coordinator' AND organisation_id = ANY ((SELECT palier_ids('palier.coordinator_of'))::bigint[])) OR (confirmation = 'nobody' AND organisation_id = ANY ((SELECT palier_ids('palier.dpo_of'))::bigint[])) OR (SELECT palier_ids('palier.admin_of')) <> '{}' OR (SELECT palier_is_system('proposals', 'mail', 'seeding'))
);
DROP POLICY IF EXISTS proposal_insert ON accounts_proposal;
CREATE POLICY proposal_insert ON accounts_proposal FOR INSERT WITH CHECK (
    (proposed_by_id = (SELECT palier_user()) AND ((organisation_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) AND role = 'agent') OR (SELECT palier_ids('palier.admin_of')) <> '{}')) OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS proposal_update ON accounts_proposal;
CREATE POLICY proposal_update ON accounts_proposal FOR UPDATE USING (
    user_id = (SELECT palier_user()) OR organisation_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) OR (role = 'coordinator' AND organisation_id = ANY ((SELECT palier_ids('palier.coordinator_of'))::bigint[])) OR (confirmation = 'nobody' AND organisation_id = ANY ((SELECT palier_ids('palier.dpo_of'))::bigint[])) OR (SELECT palier_ids('palier.admin_of')) <> '{}' OR (SELECT palier_is_system('proposals', 'seeding'))
);

-- accounts_membership: nobody gives a role any more; its person takes it, once they have accepted it.
DROP POLICY IF EXISTS membership_insert ON accounts_membership;
CREATE POLICY membership_insert ON accounts_membership FOR INSERT WITH CHECK (
    (user_id = (SELECT palier_user()) AND EXISTS (
        SELECT 1 FROM accounts_proposal p
        WHERE p.user_id = accounts_membership.user_id AND p.organisation_id = accounts_membership.organisation_id
            AND p.role = accounts_membership.role AND p.state = 'accepted' AND p.membership_id IS NULL
    )) OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS membership_select_proposals ON accounts_membership;
CREATE POLICY membership_select_proposals ON accounts_membership FOR SELECT USING (
    (SELECT palier_is_system('proposals'))
);

-- Whoever a proposal names is read in the scope "proposals", by whom it is for and by those who prepare its mail.
DROP POLICY IF EXISTS user_select_proposals ON accounts_user;
CREATE POLICY user_select_proposals ON accounts_user FOR SELECT USING (
    (SELECT palier_is_system('proposals'))
);
DROP POLICY IF EXISTS organisation_select_proposals ON accounts_organisation;
CREATE POLICY organisation_select_proposals ON accounts_organisation FOR SELECT USING (
    (SELECT palier_is_system('proposals'))
);

-- Somebody who could confirm a role given in an organisation: its leads, or the coordinators of one that is no landlord.
CREATE OR REPLACE FUNCTION palier_could_confirm(organisation bigint, but bigint[]) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
    SELECT EXISTS (
        SELECT 1 FROM accounts_membership m
        JOIN accounts_user u ON u.id = m.user_id JOIN accounts_organisation o ON o.id = m.organisation_id
        WHERE m.organisation_id = organisation AND u.is_active AND m.user_id <> ALL (but)
            AND m.role = CASE WHEN o.kind = 'landlord' THEN 'lead' ELSE 'coordinator' END
            AND m.starts_on <= palier_today() AND (m.ends_on IS NULL OR m.ends_on > palier_today())
    )
$$;

-- A proposal waits when it is written, and what it proposes never changes. Whom it is for answers it; its organisation
-- and administrators take it back; somebody of the organisation who is neither confirms it.
CREATE OR REPLACE FUNCTION palier_guard_proposal() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    who bigint := palier_user();
    theirs boolean := coalesce(palier_user() = NEW.user_id, false);
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
            WHEN who IS NULL OR NEW.organisation_id = ANY (palier_ids('palier.lead_of'))
                OR NEW.role NOT IN ('agent', 'lead', 'coordinator') THEN 'none'
            WHEN palier_could_confirm(NEW.organisation_id, ARRAY[NEW.user_id, NEW.proposed_by_id]) THEN 'awaited'
            ELSE 'nobody' END;
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.user_id, NEW.organisation_id, NEW.role, NEW.email, NEW.full_name, NEW.proposed_by_id,
        NEW.inviting_id, NEW.purpose, NEW.proposed_at, NEW.lapses_on) IS DISTINCT FROM
        (OLD.id, OLD.user_id, OLD.organisation_id, OLD.role, OLD.email, OLD.full_name, OLD.proposed_by_id,
        OLD.inviting_id, OLD.purpose, OLD.proposed_at, OLD.lapses_on) THEN
        RAISE EXCEPTION 'what is proposed does not change' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.state <> OLD.state AND NOT coalesce(OLD.state = 'waiting' AND CASE NEW.state
            WHEN 'accepted' THEN theirs AND NEW.lapses_on > palier_today() AND NEW.confirmation <> 'awaited'
            WHEN 'refused' THEN theirs
            WHEN 'withdrawn' THEN who IS NOT NULL AND NOT theirs
            WHEN 'lapsed' THEN palier_is_system('proposals') AND NEW.lapses_on <= palier_today() END, false) THEN
        RAISE EXCEPTION 'not theirs to answer' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF (NEW.confirmation, NEW.confirmed_by_id) IS DISTINCT FROM (OLD.confirmation, OLD.confirmed_by_id)
        AND NOT coalesce(OLD.state = 'waiting' AND CASE NEW.confirmation
            WHEN 'given' THEN OLD.confirmation = 'awaited' AND NOT theirs AND who <> NEW.proposed_by_id
                AND NEW.confirmed_by_id = who AND (NEW.organisation_id = ANY (palier_ids('palier.lead_of'))
                    OR NEW.organisation_id = ANY (palier_ids('palier.coordinator_of')) AND NOT EXISTS (
                        SELECT 1 FROM accounts_organisation o WHERE o.id = NEW.organisation_id AND o.kind = 'landlord'))
            WHEN 'awaited' THEN OLD.confirmation = 'nobody' AND palier_is_system('proposals') END, false) THEN
        RAISE EXCEPTION 'not theirs to confirm' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.membership_id IS DISTINCT FROM OLD.membership_id
        AND NOT (OLD.membership_id IS NULL AND NEW.state = 'accepted' AND theirs) THEN
        RAISE EXCEPTION 'not theirs to hold' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.prepared <> OLD.prepared AND (theirs OR NEW.state <> 'waiting') THEN
        RAISE EXCEPTION 'not theirs to prepare' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.seen_by <> OLD.seen_by AND NEW.seen_by IS DISTINCT FROM OLD.seen_by || who THEN
        RAISE EXCEPTION 'seen by others' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS guard_proposal ON accounts_proposal;
CREATE TRIGGER guard_proposal BEFORE INSERT OR UPDATE ON accounts_proposal FOR EACH ROW
    EXECUTE FUNCTION palier_guard_proposal();

-- People of police, justice and the State, and administrators, hold no landlord's role, whatever gives it; and a
-- role that is held says what it is once: it only ever ends.
CREATE OR REPLACE FUNCTION palier_guard_membership() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    of_landlord boolean := NEW.role IN ('agent', 'lead');
    of_partner boolean := NEW.role IN ('partner', 'admin') OR EXISTS (
        SELECT 1 FROM accounts_organisation o WHERE o.id = NEW.organisation_id AND palier_is_partner_kind(o.kind));
BEGIN
    IF TG_OP = 'UPDATE' AND NOT palier_is_system('seeding') THEN
        IF (NEW.id, NEW.user_id, NEW.organisation_id, NEW.role, NEW.starts_on) IS DISTINCT FROM
            (OLD.id, OLD.user_id, OLD.organisation_id, OLD.role, OLD.starts_on)
            OR coalesce(NEW.ends_on, 'infinity') > coalesce(OLD.ends_on, 'infinity') THEN
            RAISE EXCEPTION 'a role only ever ends' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END IF;
    -- One that ends before it starts is refused by its constraint, and is no date range.
    IF NOT (of_landlord OR of_partner) OR NEW.ends_on < NEW.starts_on THEN
        RETURN NEW;
    END IF;
    -- Of two roles taken at once the second waits here, and then sees the first.
    PERFORM 1 FROM accounts_user u WHERE u.id = NEW.user_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM accounts_membership m LEFT JOIN accounts_organisation o ON o.id = m.organisation_id
        WHERE m.user_id = NEW.user_id AND m.id <> coalesce(NEW.id, 0)
            AND daterange(m.starts_on, m.ends_on) && daterange(NEW.starts_on, NEW.ends_on)
            AND (of_landlord AND (m.role IN ('partner', 'admin') OR palier_is_partner_kind(o.kind))
                OR of_partner AND m.role IN ('agent', 'lead'))
    ) THEN
        RAISE EXCEPTION 'partners and administrators hold no role of a landlord'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'membership_is_on_one_side';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS guard_membership ON accounts_membership;
CREATE TRIGGER guard_membership BEFORE INSERT OR UPDATE ON accounts_membership FOR EACH ROW
    EXECUTE FUNCTION palier_guard_membership();
