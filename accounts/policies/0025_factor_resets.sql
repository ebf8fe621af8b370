-- accounts_factorreset: two people decide that a second factor is erased. mfa_authenticator, accounts_session: what they erase.
ALTER TABLE accounts_factorreset ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts_factorreset FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS factorreset_select ON accounts_factorreset;
CREATE POLICY factorreset_select ON accounts_factorreset FOR SELECT USING (
    (SELECT palier_ids('palier.admin_of')) <> '{}' OR user_id IN (SELECT m.user_id FROM accounts_membership m WHERE m.organisation_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) AND m.starts_on <= (SELECT palier_today()) AND (m.ends_on IS NULL OR m.ends_on > (SELECT palier_today()))) OR (SELECT palier_is_system('factor_reset', 'seeding'))
);
DROP POLICY IF EXISTS factorreset_insert ON accounts_factorreset;
CREATE POLICY factorreset_insert ON accounts_factorreset FOR INSERT WITH CHECK (
    (asked_by_id = (SELECT palier_user()) AND ((SELECT palier_ids('palier.admin_of')) <> '{}' OR user_id IN (SELECT m.user_id FROM accounts_membership m WHERE m.organisation_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) AND m.starts_on <= (SELECT palier_today()) AND (m.ends_on IS NULL OR m.ends_on > (SELECT palier_today()))))) OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS factorreset_update ON accounts_factorreset;
CREATE POLICY factorreset_update ON accounts_factorreset FOR UPDATE USING (
    (SELECT palier_ids('palier.admin_of')) <> '{}' OR user_id IN (SELECT m.user_id FROM accounts_membership m WHERE m.organisation_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) AND m.starts_on <= (SELECT palier_today()) AND (m.ends_on IS NULL OR m.ends_on > (SELECT palier_today())))
);
DROP POLICY IF EXISTS authenticator_select_reset ON mfa_authenticator;
CREATE POLICY authenticator_select_reset ON mfa_authenticator FOR SELECT USING (
    (SELECT palier_is_system('factor_reset')) AND user_id IN (SELECT r.user_id FROM accounts_factorreset r WHERE r.state = 'done' AND r.answered_at > now() - interval '1 minute')
);
DROP POLICY IF EXISTS authenticator_delete_reset ON mfa_authenticator;
CREATE POLICY authenticator_delete_reset ON mfa_authenticator FOR DELETE USING (
    (SELECT palier_is_system('factor_reset')) AND user_id IN (SELECT r.user_id FROM accounts_factorreset r WHERE r.state = 'done' AND r.answered_at > now() - interval '1 minute')
);
DROP POLICY IF EXISTS session_select_reset ON accounts_session;
CREATE POLICY session_select_reset ON accounts_session FOR SELECT USING (
    (SELECT palier_is_system('factor_reset')) AND user_id IN (SELECT r.user_id FROM accounts_factorreset r WHERE r.state = 'done' AND r.answered_at > now() - interval '1 minute')
);
DROP POLICY IF EXISTS session_delete_reset ON accounts_session;
CREATE POLICY session_delete_reset ON accounts_session FOR DELETE USING (
    (SELECT palier_is_system('factor_reset')) AND user_id IN (SELECT r.user_id FROM accounts_factorreset r WHERE r.state = 'done' AND r.answered_at > now() - interval '1 minute')
);

-- Asked once, and answered once: by somebody in charge, and confirmed by neither who asked nor whom it is about.
CREATE OR REPLACE FUNCTION palier_guard_factor_reset() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    who bigint := palier_user();
BEGIN
    IF palier_is_system('seeding') THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF (NEW.state, NEW.answered_by_id, NEW.answered_at) IS DISTINCT FROM ('waiting', NULL::bigint, NULL::timestamptz) THEN
            RAISE EXCEPTION 'asked and answered at once' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.state <> 'waiting' OR NEW.state = 'waiting' OR NEW.answered_by_id IS DISTINCT FROM who
        OR (NEW.id, NEW.user_id, NEW.asked_by_id, NEW.reason, NEW.asked_at) IS DISTINCT FROM
            (OLD.id, OLD.user_id, OLD.asked_by_id, OLD.reason, OLD.asked_at)
        OR NEW.state = 'done' AND who IN (OLD.asked_by_id, OLD.user_id) THEN
        RAISE EXCEPTION 'not theirs to answer' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS guard_factor_reset ON accounts_factorreset;
CREATE TRIGGER guard_factor_reset BEFORE INSERT OR UPDATE ON accounts_factorreset FOR EACH ROW
    EXECUTE FUNCTION palier_guard_factor_reset();
