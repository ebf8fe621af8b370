-- The kind of an organisation decides which roles it gives and who confirms them: an administrator corrects it while
-- nothing rests on it.

-- Which roles an organisation of a kind gives; as ROLES_OF in accounts/enums.py.
CREATE OR REPLACE FUNCTION palier_gives(kind text, given text) RETURNS boolean
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT given = ANY (CASE
        WHEN kind = 'landlord' THEN ARRAY['agent', 'lead', 'coordinator', 'dpo']
        WHEN kind IN ('municipality', 'intercommunal', 'federation') THEN ARRAY['coordinator', 'dpo']
        WHEN kind IN ('police', 'gendarmerie', 'municipal_police', 'justice', 'state') THEN ARRAY['partner', 'dpo']
        WHEN kind = 'operator' THEN ARRAY['admin', 'dpo'] ELSE ARRAY[]::text[] END)
$$;

-- For the owner alone: the tables with rows that rest on an organisation, found by their foreign keys. Journals, what was
-- erased and mails tell of it and do not rest on it, nor do proposals that came to nothing.
CREATE OR REPLACE FUNCTION palier_resting_on(organisation bigint) RETURNS text[]
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    reference record;
    found_one boolean;
    resting text[] := '{}';
BEGIN
    BEGIN
        -- The scope that sees all rows falls with the block, which always fails; what it found stays.
        PERFORM palier_open(NULL, NULL, 'seeding', palier_today());
        FOR reference IN
            SELECT r.relname AS name, a.attname AS key
            FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid
                JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
            WHERE c.contype = 'f' AND c.confrelid = 'public.accounts_organisation'::regclass
                AND r.relname NOT IN ('accounts_auditentry', 'accounts_erasure', 'accounts_mail')
            ORDER BY 1, 2
        LOOP
            EXECUTE format('SELECT EXISTS (SELECT 1 FROM public.%I WHERE %I = $1%s)', reference.name, reference.key,
                CASE reference.name WHEN 'accounts_proposal' THEN ' AND state IN (''waiting'', ''accepted'')' ELSE '' END)
                INTO found_one USING organisation;
            IF found_one AND reference.name <> ALL (resting) THEN
                resting := resting || reference.name::text;
            END IF;
        END LOOP;
        RAISE EXCEPTION USING ERRCODE = 'PAL01';
    EXCEPTION WHEN SQLSTATE 'PAL01' THEN
        RETURN resting;
    END;
END $$;
REVOKE EXECUTE ON FUNCTION palier_resting_on(bigint) FROM PUBLIC;

CREATE OR REPLACE FUNCTION palier_keep_kind() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, public, pg_temp SET row_security = on AS $$
DECLARE
    resting text[];
BEGIN
    IF NEW.kind = OLD.kind OR palier_is_system('seeding') THEN
        RETURN NEW;
    END IF;
    IF palier_ids('palier.admin_of') = '{}' THEN
        RAISE EXCEPTION 'they may not change its kind' USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- Whoever proposes a role of it at this moment is waited for.
    PERFORM pg_advisory_xact_lock(hashtextextended('kind ' || OLD.id, 0));
    resting := palier_resting_on(OLD.id);
    IF resting <> '{}' THEN
        RAISE EXCEPTION 'its kind is relied on' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'organisation_kind_is_not_relied_on', DETAIL = array_to_string(resting, ' ');
    END IF;
    RETURN NEW;
END $$;

-- A role that the kind gives; of a proposal and a correction of the kind at once the second sees the first.
CREATE OR REPLACE FUNCTION palier_keep_given() RETURNS trigger LANGUAGE plpgsql
    SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF palier_is_system('seeding') THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('kind ' || NEW.organisation_id, 0));
    IF EXISTS (
        SELECT 1 FROM accounts_organisation o WHERE o.id = NEW.organisation_id AND NOT palier_gives(o.kind, NEW.role)
    ) THEN
        RAISE EXCEPTION 'an organisation of its kind does not give this role' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS keep_given ON accounts_proposal;
CREATE TRIGGER keep_given AFTER INSERT ON accounts_proposal FOR EACH ROW EXECUTE FUNCTION palier_keep_given();
