-- The journal is appended to and never changed, by the owner of its tables either, and each of its entries is linked to
-- the one before in the journal of its organisation when the transaction commits.

-- The moment is the database's, and so are the names of whoever acts, as they are now.
CREATE OR REPLACE FUNCTION palier_stamp_entry() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    -- The link reads the head of its chain at the commit, which a transaction that reads one moment cannot.
    IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
        RAISE EXCEPTION 'an entry of the journal is written by a transaction that reads what others commit'
            USING ERRCODE = 'invalid_transaction_state';
    END IF;
    NEW.at := clock_timestamp();
    NEW.actor_name := coalesce(
        (SELECT coalesce(nullif(u.full_name, ''), u.email) FROM accounts_user u WHERE u.id = NEW.actor_id), '');
    NEW.acting_name := coalesce((SELECT o.name FROM accounts_organisation o WHERE o.id = NEW.acting_for_id), '');
    RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS stamp_entry ON accounts_auditentry;
CREATE TRIGGER stamp_entry BEFORE INSERT ON accounts_auditentry FOR EACH ROW
    EXECUTE FUNCTION palier_stamp_entry();

-- The one way out is palier_cut_journals(), which leaves an entry about what it erased.
CREATE OR REPLACE FUNCTION palier_append_only() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('palier.cutting', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the journal is only appended to' USING ERRCODE = 'insufficient_privilege';
END $$;
DROP TRIGGER IF EXISTS append_only ON accounts_auditentry;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON accounts_auditentry FOR EACH ROW
    EXECUTE FUNCTION palier_append_only();
DROP TRIGGER IF EXISTS append_only_whole ON accounts_auditentry;
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON accounts_auditentry
    EXECUTE FUNCTION palier_append_only();
DROP TRIGGER IF EXISTS append_only ON accounts_auditlink;
CREATE TRIGGER append_only BEFORE DELETE ON accounts_auditlink FOR EACH ROW
    EXECUTE FUNCTION palier_append_only();
DROP TRIGGER IF EXISTS append_only_once ON accounts_auditlink;
CREATE TRIGGER append_only_once BEFORE UPDATE ON accounts_auditlink FOR EACH ROW WHEN (OLD.number IS NOT NULL)
    EXECUTE FUNCTION palier_append_only();
DROP TRIGGER IF EXISTS append_only_whole ON accounts_auditlink;
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON accounts_auditlink
    EXECUTE FUNCTION palier_append_only();
DROP TRIGGER IF EXISTS append_only ON accounts_auditcheckpoint;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON accounts_auditcheckpoint FOR EACH ROW
    EXECUTE FUNCTION palier_append_only();
DROP TRIGGER IF EXISTS append_only_whole ON accounts_auditcheckpoint;
CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON accounts_auditcheckpoint
    EXECUTE FUNCTION palier_append_only();

-- The canonical text, which is hashed: JSON with sorted keys, no space between, UTF-8 (accounts/journal/chain.py).
CREATE OR REPLACE FUNCTION palier_entry_text(
    e accounts_auditentry, journal bigint, number bigint, previous bytea, sealed_at timestamptz
) RETURNS text LANGUAGE sql STABLE
    RETURN '{"acting_for":' || coalesce(e.acting_for_id::text, 'null')
        || ',"acting_name":' || to_json(e.acting_name::text)::text
        || ',"action":' || to_json(e.action::text)::text
        || ',"actor":' || coalesce(e.actor_id::text, 'null')
        || ',"actor_name":' || to_json(e.actor_name::text)::text
        || ',"at":"' || to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
        || '","detail":' || to_json(e.detail::text)::text
        || ',"id":' || e.id::text
        || ',"journal":' || journal::text
        || ',"number":' || number::text
        || ',"object_id":' || to_json(e.object_id::text)::text
        || ',"object_type":' || to_json(e.object_type::text)::text
        || ',"places":' || to_json(e.places::text)::text
        || ',"previous":"' || encode(previous, 'hex')
        || '","role":' || to_json(e.role::text)::text
        || ',"sealed_at":"' || to_char(sealed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
        || '","subject":' || to_json(e.subject::text)::text
        || ',"system":' || to_json(e.system::text)::text || '}';

-- At the commit an entry first asks for its link. Links are made in the round of deferred triggers after that one: by
-- then all other checks of the commit are done, and the locks on the journals last no longer than the commit itself.
CREATE OR REPLACE FUNCTION palier_ask_for_link() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    INSERT INTO accounts_auditlink (entry_id, journal) VALUES (NEW.id, coalesce(NEW.organisation_id, 0));
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS ask_for_link ON accounts_auditentry;
CREATE CONSTRAINT TRIGGER ask_for_link AFTER INSERT ON accounts_auditentry DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION palier_ask_for_link();

CREATE OR REPLACE FUNCTION palier_link_entries() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    waiting record;
    held bigint;
    last_number bigint;
    last_digest bytea;
    moment timestamptz;
BEGIN
    -- The first link that is asked for makes all of the transaction, by journal: two that write in the same
    -- journals wait for each other in the same order.
    FOR waiting IN SELECT l.entry_id, l.journal FROM accounts_auditlink l
            WHERE l.number IS NULL ORDER BY l.journal, l.entry_id LOOP
        IF held IS DISTINCT FROM waiting.journal THEN
            held := waiting.journal;
            PERFORM pg_advisory_xact_lock(hashtextextended('journal ' || held, 0));
            SELECT h.number, h.digest, greatest(h.sealed_at, clock_timestamp()) INTO last_number, last_digest, moment
                FROM accounts_auditlink h WHERE h.journal = held AND h.number IS NOT NULL
                ORDER BY h.number DESC LIMIT 1;
            IF NOT FOUND THEN
                last_number := 0;
                last_digest := '';
                moment := clock_timestamp();
            END IF;
        END IF;
        UPDATE accounts_auditlink l SET number = last_number + 1, previous = last_digest, sealed_at = moment,
            digest = sha256(convert_to(palier_entry_text(e, held, last_number + 1, last_digest, moment), 'UTF8'))
            FROM accounts_auditentry e WHERE l.entry_id = waiting.entry_id AND e.id = waiting.entry_id
            RETURNING l.number, l.digest INTO last_number, last_digest;
    END LOOP;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS link_entries ON accounts_auditlink;
CREATE CONSTRAINT TRIGGER link_entries AFTER INSERT ON accounts_auditlink DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION palier_link_entries();

-- Erase what was linked before a moment, from the front of each journal, and say so in an entry of each: the last
-- number erased and its digest, on which the first entry that is left rests. The last entry of a journal stays.
CREATE OR REPLACE FUNCTION palier_cut_journals(before timestamptz, journals bigint[]) RETURNS TABLE (cut bigint, erased bigint)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    through bigint;
    seal bytea;
BEGIN
    IF NOT palier_is_system('retention') OR before > clock_timestamp() - interval '1 year' THEN
        RAISE EXCEPTION 'only what is older than a year is erased, by the retention' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM set_config('palier.cutting', 'on', true);
    FOR cut IN SELECT l.journal FROM accounts_auditlink l WHERE l.number IS NOT NULL
            AND (journals IS NULL OR l.journal = ANY (journals)) GROUP BY l.journal ORDER BY l.journal LOOP
        SELECT least(
            coalesce((SELECT min(l.number) - 1 FROM accounts_auditlink l WHERE l.journal = cut AND l.sealed_at >= before),
                max(l.number) - 1), max(l.number) - 1) INTO through
            FROM accounts_auditlink l WHERE l.journal = cut;
        SELECT l.digest INTO seal FROM accounts_auditlink l WHERE l.journal = cut AND l.number = through;
        CONTINUE WHEN seal IS NULL;
        WITH gone AS (
            DELETE FROM accounts_auditlink l WHERE l.journal = cut AND l.number <= through RETURNING l.entry_id
        ), entries AS (
            DELETE FROM accounts_auditentry e USING gone WHERE e.id = gone.entry_id RETURNING 1
        )
        SELECT count(*) INTO erased FROM entries;
        INSERT INTO accounts_auditentry (at, system, organisation_id, action, object_type, object_id, detail)
            VALUES (clock_timestamp(), 'retention', nullif(cut, 0), 'erase', 'accounts.journal', '', jsonb_build_object(
                'through', through, 'digest', encode(seal, 'hex'), 'entries', erased,
                'before', to_char(before AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')));
        RETURN NEXT;
    END LOOP;
    PERFORM set_config('palier.cutting', '', true);
END $$;

REVOKE ALL ON accounts_auditentry, accounts_auditlink, accounts_auditcheckpoint FROM palier;
GRANT SELECT, INSERT ON accounts_auditentry, accounts_auditcheckpoint TO palier;
GRANT SELECT ON accounts_auditlink TO palier;
REVOKE ALL ON FUNCTION palier_ask_for_link(), palier_link_entries(), palier_cut_journals(timestamptz, bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION palier_cut_journals(timestamptz, bigint[]) TO palier;

-- Who reads them: in each journal its organisation's lead and data protection officer; what verifies it.
DROP POLICY IF EXISTS auditentry_select_verification ON accounts_auditentry;
CREATE POLICY auditentry_select_verification ON accounts_auditentry FOR SELECT USING (
    (SELECT palier_is_system('verification'))
);
DROP POLICY IF EXISTS auditentry_select_chain ON accounts_auditentry;
CREATE POLICY auditentry_select_chain ON accounts_auditentry FOR SELECT USING (
    current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'accounts_auditentry'::regclass)
);
DROP POLICY IF EXISTS auditentry_delete_chain ON accounts_auditentry;
CREATE POLICY auditentry_delete_chain ON accounts_auditentry FOR DELETE USING (
    current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'accounts_auditentry'::regclass)
);
ALTER TABLE accounts_auditlink ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts_auditlink FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS auditlink_select ON accounts_auditlink;
CREATE POLICY auditlink_select ON accounts_auditlink FOR SELECT USING (
    journal = ANY ((SELECT palier_ids('palier.dpo_of'))::bigint[]) OR journal = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) OR (SELECT palier_is_system('verification'))
);
DROP POLICY IF EXISTS auditlink_all_chain ON accounts_auditlink;
CREATE POLICY auditlink_all_chain ON accounts_auditlink FOR ALL USING (
    current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'accounts_auditentry'::regclass)
);
ALTER TABLE accounts_auditcheckpoint ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts_auditcheckpoint FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS auditcheckpoint_select ON accounts_auditcheckpoint;
CREATE POLICY auditcheckpoint_select ON accounts_auditcheckpoint FOR SELECT USING (
    (SELECT palier_ids('palier.admin_of')) <> '{}' OR (SELECT palier_is_system('verification'))
);
DROP POLICY IF EXISTS auditcheckpoint_insert ON accounts_auditcheckpoint;
CREATE POLICY auditcheckpoint_insert ON accounts_auditcheckpoint FOR INSERT WITH CHECK (
    (SELECT palier_is_system('verification'))
);
