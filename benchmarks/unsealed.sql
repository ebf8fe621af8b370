-- The scope without a seal, as settings that any statement may write: what the benchmark of the seal compares with.
CREATE OR REPLACE FUNCTION palier_user() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('palier.user_id', true), '')::bigint;
CREATE OR REPLACE FUNCTION palier_organisation() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('palier.organisation_id', true), '')::bigint;
CREATE OR REPLACE FUNCTION palier_today() RETURNS date LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('palier.today', true), '')::date;
CREATE OR REPLACE FUNCTION palier_system() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('palier.system', true), '');
CREATE OR REPLACE FUNCTION palier_ids(setting text) RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(nullif(current_setting(setting, true), ''), '{}')::bigint[];
CREATE OR REPLACE FUNCTION palier_is_system(VARIADIC names text[]) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(current_setting('palier.system', true) = ANY (names), false);
CREATE OR REPLACE FUNCTION palier_hold(setting text, ids bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config(setting, coalesce(ids, '{}')::text, true);
END $$;

CREATE FUNCTION palier_names() RETURNS text[] LANGUAGE sql IMMUTABLE RETURN ARRAY[
    'palier.user_id', 'palier.organisation_id', 'palier.system', 'palier.today', 'palier.agent_of', 'palier.lead_of',
    'palier.coordinator_of', 'palier.partner_of', 'palier.admin_of', 'palier.dpo_of', 'palier.organisations',
    'palier.landlords', 'palier.residences', 'palier.territories', 'palier.landlord_territories',
    'palier.shared_organisations', 'palier.shared_landlords', 'palier.shared_communes', 'palier.circles',
    'palier.circle_territories', 'palier.users', 'palier.circle_organisations', 'palier.around'];

CREATE OR REPLACE FUNCTION palier_enter(
    said_user bigint, said_organisation bigint, said_system text, said_today text, said_parts text[],
    seal bytea, OUT next_step bigint, OUT roles jsonb
) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    part text;
    around text := (SELECT array_agg(coalesce(current_setting(name, true), ''))::text FROM unnest(palier_names()) name);
BEGIN
    PERFORM set_config(name, '', true) FROM unnest(palier_names()) name;
    PERFORM set_config('palier.around', around, true), set_config('palier.user_id', coalesce(said_user::text, ''), true),
        set_config('palier.organisation_id', coalesce(said_organisation::text, ''), true),
        set_config('palier.system', said_system, true), set_config('palier.today', said_today, true);
    FOREACH part IN ARRAY said_parts LOOP
        EXECUTE format('SELECT %I()', part);
    END LOOP;
    SELECT coalesce(jsonb_object_agg(name, palier_ids(name)), '{}') INTO roles
    FROM unnest((palier_names())[5:10]) name WHERE palier_ids(name) <> '{}';
    next_step := 1;
END $$;
CREATE OR REPLACE FUNCTION palier_leave(seal bytea, OUT next_step bigint) LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    PERFORM set_config(s.name, s.value, true)
    FROM unnest(palier_names(), current_setting('palier.around')::text[]) s(name, value);
    next_step := 1;
END $$;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO PUBLIC;
