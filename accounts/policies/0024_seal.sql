-- The scope of a transaction is kept in a table that only the owner of the schema reads and writes, and entered with a
-- seal: an HMAC-SHA-256 of who acts, made with a key that the application has and the runtime role cannot read. Whatever SQL
-- the runtime role runs, it can neither set a scope, nor change or end the one that is open. See docs/decisions.md.
CREATE SCHEMA IF NOT EXISTS palier_seal;
REVOKE ALL ON SCHEMA palier_seal FROM PUBLIC;

-- The key as the two blocks that HMAC hashes with; written after each migrate (accounts/apps.py).
CREATE TABLE IF NOT EXISTS palier_seal.key (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    inner_pad bytea NOT NULL,
    outer_pad bytea NOT NULL
);

-- A row for each setting of the scope that a transaction runs in, and one, named '', for who acts. Rows of a restored dump
-- bear the start of another server; those of transactions that ended are swept.
CREATE UNLOGGED TABLE IF NOT EXISTS palier_seal.scope (
    transaction xid8 NOT NULL,
    server timestamptz NOT NULL,
    setting text COLLATE "C" NOT NULL,
    ids bigint[],
    depth integer,
    user_id bigint,
    organisation_id bigint,
    system text,
    today date,
    PRIMARY KEY (transaction, server, setting)
);
-- The scopes around the one that is open, by their depth.
CREATE UNLOGGED TABLE IF NOT EXISTS palier_seal.outer_scope (
    LIKE palier_seal.scope,
    level integer NOT NULL,
    PRIMARY KEY (transaction, server, level, setting)
);
-- Each seal is for the number that the session drew last. A rollback gives no number back, so no seal is used twice.
CREATE SEQUENCE IF NOT EXISTS palier_seal.step CACHE 1000;

-- What the open scope holds. A transaction without one reads as "nobody", or as the empty set.
CREATE OR REPLACE FUNCTION palier_user() RETURNS bigint
    LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
    RETURN (SELECT s.user_id FROM palier_seal.scope s
        WHERE s.transaction = pg_current_xact_id_if_assigned() AND s.server = pg_postmaster_start_time() AND s.setting = '');
END $$;

CREATE OR REPLACE FUNCTION palier_organisation() RETURNS bigint
    LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
    RETURN (SELECT s.organisation_id FROM palier_seal.scope s
        WHERE s.transaction = pg_current_xact_id_if_assigned() AND s.server = pg_postmaster_start_time() AND s.setting = '');
END $$;

CREATE OR REPLACE FUNCTION palier_today() RETURNS date
    LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
    RETURN (SELECT s.today FROM palier_seal.scope s
        WHERE s.transaction = pg_current_xact_id_if_assigned() AND s.server = pg_postmaster_start_time() AND s.setting = '');
END $$;

CREATE OR REPLACE FUNCTION palier_system() RETURNS text
    LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
    RETURN (SELECT nullif(s.system, '') FROM palier_seal.scope s
        WHERE s.transaction = pg_current_xact_id_if_assigned() AND s.server = pg_postmaster_start_time() AND s.setting = '');
END $$;

CREATE OR REPLACE FUNCTION palier_is_system(VARIADIC names text[]) RETURNS boolean
    LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
    RETURN coalesce((SELECT s.system = ANY (names) FROM palier_seal.scope s
        WHERE s.transaction = pg_current_xact_id_if_assigned() AND s.server = pg_postmaster_start_time() AND s.setting = ''),
        false);
END $$;

CREATE OR REPLACE FUNCTION palier_ids(setting text) RETURNS bigint[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
BEGIN
    RETURN coalesce((SELECT s.ids FROM palier_seal.scope s
        WHERE s.transaction = pg_current_xact_id_if_assigned() AND s.server = pg_postmaster_start_time()
            AND s.setting = palier_ids.setting), '{}');
END $$;

-- Called by the functions of the parts alone: write a setting of the scope that is being entered.
CREATE OR REPLACE FUNCTION palier_hold(setting text, ids bigint[]) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF cardinality(ids) > 0 THEN
        INSERT INTO palier_seal.scope (transaction, server, setting, ids)
        VALUES (pg_current_xact_id(), pg_postmaster_start_time(), palier_hold.setting, palier_hold.ids);
    END IF;
END $$;

CREATE OR REPLACE FUNCTION palier_scope_organisations() RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM palier_hold('palier.organisations',
        palier_ids('palier.agent_of') || palier_ids('palier.lead_of')
        || palier_ids('palier.coordinator_of') || palier_ids('palier.partner_of')
        || palier_ids('palier.admin_of') || palier_ids('palier.dpo_of'));
END $$;

CREATE OR REPLACE FUNCTION palier_scope_person() RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM palier_hold('palier.' || held.role || '_of', held.ids)
    FROM (
        SELECT m.role, array_agg(m.organisation_id) AS ids FROM accounts_membership m
        WHERE m.user_id = palier_user()
            AND m.starts_on <= palier_today() AND (m.ends_on IS NULL OR m.ends_on > palier_today())
        GROUP BY m.role
    ) held;
    PERFORM palier_scope_organisations();
END $$;

CREATE OR REPLACE FUNCTION palier_scope_program() RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM palier_hold('palier.lead_of', array[palier_organisation()]);
    PERFORM palier_scope_organisations();
END $$;

-- The number that the next seal of this session must be for.
CREATE OR REPLACE FUNCTION palier_step() RETURNS bigint
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT nextval('palier_seal.step')
$$;

-- Refuse a seal that is not that of ``said`` for the number drawn last; draw the next number, whatever comes of it.
CREATE OR REPLACE FUNCTION palier_check(said text, seal bytea) RETURNS bigint
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    drawn bigint := currval('palier_seal.step');
    following bigint := nextval('palier_seal.step');
BEGIN
    IF NOT EXISTS (
        SELECT FROM palier_seal.key k
        WHERE sha256(k.outer_pad || sha256(k.inner_pad || convert_to(drawn || '|' || said, 'UTF8'))) = palier_check.seal
    ) THEN
        RAISE EXCEPTION 'a scope needs the seal of the application' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN following;
END $$;

-- Put the open scope, if there is one, among those around; return its depth.
CREATE OR REPLACE FUNCTION palier_set_aside() RETURNS integer
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    outside integer := (SELECT s.depth FROM palier_seal.scope s
        WHERE s.transaction = pg_current_xact_id_if_assigned() AND s.server = pg_postmaster_start_time() AND s.setting = '');
BEGIN
    IF outside IS NULL THEN
        RETURN 0;
    END IF;
    WITH gone AS (
        DELETE FROM palier_seal.scope s
        WHERE s.transaction = pg_current_xact_id() AND s.server = pg_postmaster_start_time() RETURNING s.*
    )
    INSERT INTO palier_seal.outer_scope SELECT gone.*, outside FROM gone;
    RETURN outside;
END $$;

CREATE OR REPLACE FUNCTION palier_open(said_user bigint, said_organisation bigint, said_system text, said_today date)
    RETURNS integer LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    outside integer := palier_set_aside();
BEGIN
    INSERT INTO palier_seal.scope (transaction, server, setting, depth, user_id, organisation_id, system, today)
    VALUES (pg_current_xact_id(), pg_postmaster_start_time(), '', outside + 1,
        said_user, said_organisation, said_system, said_today);
    RETURN outside;
END $$;

-- Rows of transactions that ended; those that another session sweeps at this moment are left to it.
CREATE OR REPLACE FUNCTION palier_sweep() RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    oldest xid8 := pg_snapshot_xmin(pg_current_snapshot());
BEGIN
    DELETE FROM palier_seal.scope WHERE ctid = ANY (ARRAY(
        SELECT s.ctid FROM palier_seal.scope s
        WHERE s.transaction < oldest OR s.server <> pg_postmaster_start_time() FOR UPDATE SKIP LOCKED));
    DELETE FROM palier_seal.outer_scope WHERE ctid = ANY (ARRAY(
        SELECT s.ctid FROM palier_seal.outer_scope s
        WHERE s.transaction < oldest OR s.server <> pg_postmaster_start_time() FOR UPDATE SKIP LOCKED));
END $$;

-- Enter a scope; the parts, functions that each work out further settings, see what the earlier ones opened. They run as the
-- owner, whom the policies bind as well.
CREATE OR REPLACE FUNCTION palier_enter(
    said_user bigint, said_organisation bigint, said_system text, said_today text, said_parts text[],
    seal bytea, OUT next_step bigint, OUT roles jsonb
) LANGUAGE plpgsql VOLATILE SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp SET row_security = on AS $$
DECLARE
    part text;
    outside integer;
BEGIN
    next_step := palier_check(concat_ws('|', 'enter', coalesce(said_user::text, ''),
        coalesce(said_organisation::text, ''), said_system, said_today, array_to_string(said_parts, ',')), palier_enter.seal);
    outside := palier_open(said_user, said_organisation, said_system, said_today::date);
    FOREACH part IN ARRAY said_parts LOOP
        EXECUTE format('SELECT %I()', part);
    END LOOP;
    roles := (SELECT coalesce(jsonb_object_agg(s.setting, s.ids), '{}') FROM palier_seal.scope s
        WHERE s.transaction = pg_current_xact_id() AND s.server = pg_postmaster_start_time() AND s.setting LIKE 'palier.%\_of');
    IF outside = 0 AND next_step % 256 = 0 AND current_setting('transaction_isolation') = 'read committed' THEN
        PERFORM palier_sweep();
    END IF;
END $$;

-- Leave the open scope for the one around it.
CREATE OR REPLACE FUNCTION palier_leave(seal bytea, OUT next_step bigint)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    inside integer := (SELECT s.depth FROM palier_seal.scope s
        WHERE s.transaction = pg_current_xact_id_if_assigned() AND s.server = pg_postmaster_start_time() AND s.setting = '');
BEGIN
    next_step := palier_check('leave', palier_leave.seal);
    DELETE FROM palier_seal.scope s
    WHERE s.transaction = pg_current_xact_id() AND s.server = pg_postmaster_start_time();
    WITH back AS (
        DELETE FROM palier_seal.outer_scope s
        WHERE s.transaction = pg_current_xact_id() AND s.server = pg_postmaster_start_time() AND s.level = inside - 1
        RETURNING s.*
    )
    INSERT INTO palier_seal.scope (transaction, server, setting, ids, depth, user_id, organisation_id, system, today)
    SELECT b.transaction, b.server, b.setting, b.ids, b.depth, b.user_id, b.organisation_id, b.system, b.today FROM back b;
END $$;

-- For the owner alone, in migrations: act as a system scope until the end of the transaction.
CREATE OR REPLACE FUNCTION palier_act_as(said_system text) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM palier_open(NULL, NULL, said_system, current_date);
END $$;

REVOKE EXECUTE ON FUNCTION
    palier_hold(text, bigint[]), palier_scope_organisations(), palier_scope_person(), palier_scope_program(),
    palier_check(text, bytea), palier_set_aside(), palier_open(bigint, bigint, text, date), palier_sweep(),
    palier_act_as(text)
FROM PUBLIC;

-- What read the settings themselves.
DROP POLICY IF EXISTS message_insert ON core_message;
CREATE POLICY message_insert ON core_message FOR INSERT WITH CHECK (
    (SELECT palier_user()) IS NOT NULL OR (SELECT palier_organisation()) IS NOT NULL OR (SELECT palier_system()) IS NOT NULL
);
DROP POLICY IF EXISTS auditentry_insert ON accounts_auditentry;
CREATE POLICY auditentry_insert ON accounts_auditentry FOR INSERT WITH CHECK (
    actor_id = (SELECT palier_user()) OR (actor_id IS NULL AND organisation_id = (SELECT palier_organisation())) OR (actor_id IS NULL AND system = (SELECT palier_system()))
);

-- A temporary table of the session comes last, whatever search path the caller has.
ALTER FUNCTION palier_keep_name() SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION palier_who_confirms(bigint, text, bigint[]) SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION palier_guard_proposal() SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION palier_guard_membership() SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION palier_keep_sides() SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION palier_use_proposal() SET search_path = pg_catalog, public, pg_temp;
ALTER FUNCTION palier_keep_kind() SET search_path = pg_catalog, public, pg_temp;
