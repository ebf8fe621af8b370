-- What the acting-user scope (accounts/scope.py) has written for this transaction.
-- A setting that was never written reads as "nobody" or as the empty set.

CREATE OR REPLACE FUNCTION palier_user() RETURNS bigint
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('palier.user_id', true), '')::bigint;

CREATE OR REPLACE FUNCTION palier_organisation() RETURNS bigint
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('palier.organisation_id', true), '')::bigint;

CREATE OR REPLACE FUNCTION palier_today() RETURNS date
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('palier.today', true), '')::date;

CREATE OR REPLACE FUNCTION palier_ids(setting text) RETURNS bigint[]
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(nullif(current_setting(setting, true), ''), '{}')::bigint[];

CREATE OR REPLACE FUNCTION palier_is_system(VARIADIC names text[]) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(current_setting('palier.system', true) = ANY (names), false);

-- accounts_user: oneself; one's own agents for a lead; all for an administrator; those a
-- later part names (people one has given a mandate to); the login page, to log in.
ALTER TABLE accounts_user ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts_user FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS user_select ON accounts_user;
CREATE POLICY user_select ON accounts_user FOR SELECT USING (
    id = (SELECT palier_user())
    OR id = ANY ((SELECT palier_ids('palier.users'))::bigint[])
    OR (SELECT palier_ids('palier.admin_of')) <> '{}'
    OR (SELECT palier_is_system('authentication', 'seeding'))
    OR id IN (
        SELECT m.user_id FROM accounts_membership m
        WHERE m.organisation_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[])
    )
);
DROP POLICY IF EXISTS user_insert ON accounts_user;
CREATE POLICY user_insert ON accounts_user FOR INSERT WITH CHECK (
    (SELECT palier_ids('palier.admin_of')) <> '{}'
    OR (SELECT palier_is_system('seeding', 'invitation'))
);
DROP POLICY IF EXISTS user_update ON accounts_user;
CREATE POLICY user_update ON accounts_user FOR UPDATE USING (
    id = (SELECT palier_user())
    OR (SELECT palier_ids('palier.admin_of')) <> '{}'
    OR (SELECT palier_is_system('authentication', 'seeding'))
);

-- accounts_organisation: one's own, those a later part names, all for an administrator.
ALTER TABLE accounts_organisation ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts_organisation FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS organisation_select ON accounts_organisation;
CREATE POLICY organisation_select ON accounts_organisation FOR SELECT USING (
    id = ANY ((SELECT palier_ids('palier.organisations'))::bigint[])
    OR id = ANY ((SELECT palier_ids('palier.shared_organisations'))::bigint[])
    OR (SELECT palier_ids('palier.admin_of')) <> '{}'
    OR (SELECT palier_is_system('authentication', 'evaluation', 'stock_import', 'incident_import', 'seeding'))
);
DROP POLICY IF EXISTS organisation_insert ON accounts_organisation;
CREATE POLICY organisation_insert ON accounts_organisation FOR INSERT WITH CHECK (
    (SELECT palier_ids('palier.admin_of')) <> '{}'
    OR (SELECT palier_is_system('stock_import', 'seeding')));
DROP POLICY IF EXISTS organisation_update ON accounts_organisation;
CREATE POLICY organisation_update ON accounts_organisation FOR UPDATE USING (
    (SELECT palier_ids('palier.admin_of')) <> '{}'
    OR (SELECT palier_is_system('stock_import', 'seeding')));
DROP POLICY IF EXISTS organisation_delete ON accounts_organisation;
CREATE POLICY organisation_delete ON accounts_organisation FOR DELETE USING (
    (SELECT palier_ids('palier.admin_of')) <> '{}'
    OR (SELECT palier_is_system('stock_import', 'seeding')));

-- accounts_membership: one's own; the own landlord's agents for its lead; all for an administrator.
ALTER TABLE accounts_membership ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts_membership FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS membership_select ON accounts_membership;
CREATE POLICY membership_select ON accounts_membership FOR SELECT USING (
    user_id = (SELECT palier_user())
    OR organisation_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[])
    OR (SELECT palier_ids('palier.admin_of')) <> '{}'
    OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS membership_insert ON accounts_membership;
CREATE POLICY membership_insert ON accounts_membership FOR INSERT WITH CHECK (
    (organisation_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) AND role = 'agent')
    OR (SELECT palier_ids('palier.admin_of')) <> '{}'
    OR (SELECT palier_is_system('seeding')));
DROP POLICY IF EXISTS membership_update ON accounts_membership;
CREATE POLICY membership_update ON accounts_membership FOR UPDATE USING (
    (organisation_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) AND role = 'agent')
    OR (SELECT palier_ids('palier.admin_of')) <> '{}'
    OR (SELECT palier_is_system('seeding')));
DROP POLICY IF EXISTS membership_delete ON accounts_membership;
CREATE POLICY membership_delete ON accounts_membership FOR DELETE USING (
    (organisation_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) AND role = 'agent')
    OR (SELECT palier_ids('palier.admin_of')) <> '{}'
    OR (SELECT palier_is_system('seeding')));

-- accounts_apitoken: the own organisation's lead; the API, to recognise a caller.
ALTER TABLE accounts_apitoken ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts_apitoken FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS apitoken_all ON accounts_apitoken;
CREATE POLICY apitoken_all ON accounts_apitoken FOR ALL USING (
    organisation_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[])
    OR (SELECT palier_is_system('authentication', 'seeding'))
);

-- accounts_auditentry: everybody appends under their own name; the DPO and the lead of an
-- organisation read its entries.
ALTER TABLE accounts_auditentry ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts_auditentry FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS auditentry_select ON accounts_auditentry;
CREATE POLICY auditentry_select ON accounts_auditentry FOR SELECT USING (
    organisation_id = ANY ((SELECT palier_ids('palier.dpo_of'))::bigint[])
    OR organisation_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[])
);
DROP POLICY IF EXISTS auditentry_insert ON accounts_auditentry;
CREATE POLICY auditentry_insert ON accounts_auditentry FOR INSERT WITH CHECK (
    actor_id = (SELECT palier_user())
    OR (actor_id IS NULL AND organisation_id = (SELECT palier_organisation()))
    OR (actor_id IS NULL AND system = (SELECT current_setting('palier.system', true)) AND system <> '')
);
REVOKE UPDATE, DELETE ON accounts_auditentry FROM palier;
