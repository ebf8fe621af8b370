-- accounts_user: an administrator closes accounts and corrects names; a password is its person's, and an address stays.
CREATE OR REPLACE FUNCTION palier_guard_account() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF palier_is_system('seeding') THEN
        RETURN NEW;
    END IF;
    IF (NEW.id, NEW.email) IS DISTINCT FROM (OLD.id, OLD.email) THEN
        RAISE EXCEPTION 'the address of an account stays' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF (NEW.password, NEW.last_login) IS DISTINCT FROM (OLD.password, OLD.last_login)
        AND palier_user() IS DISTINCT FROM OLD.id THEN
        RAISE EXCEPTION 'a password is its person''s' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS guard_account ON accounts_user;
CREATE TRIGGER guard_account BEFORE UPDATE ON accounts_user FOR EACH ROW EXECUTE FUNCTION palier_guard_account();

-- What the functions of the journal do as the owner of its tables is open to the owner alone.
DROP POLICY IF EXISTS auditentry_select_chain ON accounts_auditentry;
CREATE POLICY auditentry_select_chain ON accounts_auditentry FOR SELECT TO palier_owner USING (
    current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'accounts_auditentry'::regclass)
);
DROP POLICY IF EXISTS auditentry_delete_chain ON accounts_auditentry;
CREATE POLICY auditentry_delete_chain ON accounts_auditentry FOR DELETE TO palier_owner USING (
    current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'accounts_auditentry'::regclass)
);
DROP POLICY IF EXISTS auditlink_all_chain ON accounts_auditlink;
CREATE POLICY auditlink_all_chain ON accounts_auditlink FOR ALL TO palier_owner USING (
    current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'accounts_auditentry'::regclass)
);
