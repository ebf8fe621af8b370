-- Whether the data-protection officer confirms a role is worked out when they do: those who could have done so when it was
-- proposed may have left since, or somebody who can may have come.

-- For its data-protection officer alone, who reads neither all roles nor the accounts of their organisation.
CREATE OR REPLACE FUNCTION palier_officer_confirms(organisation bigint, given text, but bigint[]) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp SET row_security = on AS $$
DECLARE
    asked text;
BEGIN
    IF organisation <> ALL (palier_ids('palier.dpo_of')) THEN
        RETURN false;
    END IF;
    BEGIN
        -- The scope falls with the block, which always fails; what it found stays.
        PERFORM palier_open(NULL, NULL, 'proposals', palier_today());
        asked := palier_who_confirms(organisation, given, but);
        RAISE EXCEPTION USING ERRCODE = 'PAL01';
    EXCEPTION WHEN SQLSTATE 'PAL01' THEN
        RETURN asked <> 'awaited';
    END;
END $$;

CREATE OR REPLACE FUNCTION palier_guard_proposal() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
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
                    OR (NEW.role = 'dpo' OR palier_officer_confirms(NEW.organisation_id, NEW.role, ARRAY[NEW.user_id, NEW.proposed_by_id])) AND NEW.organisation_id = ANY (palier_ids('palier.dpo_of')))
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
