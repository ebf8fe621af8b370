-- accounts_user, accounts_organisation, accounts_apitoken: what is looked up before anybody is known.
-- "authentication" finds an account by its number or its address, and writes nothing: a password and the
-- moment of a login are written as the person. "token" recognises a program. "journal" reads names.
DROP POLICY IF EXISTS user_update ON accounts_user;
CREATE POLICY user_update ON accounts_user FOR UPDATE USING (
    id = (SELECT palier_user())
    OR (SELECT palier_ids('palier.admin_of')) <> '{}'
    OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS user_select_journal ON accounts_user;
CREATE POLICY user_select_journal ON accounts_user FOR SELECT USING (
    (SELECT palier_is_system('journal'))
);

DROP POLICY IF EXISTS organisation_select ON accounts_organisation;
CREATE POLICY organisation_select ON accounts_organisation FOR SELECT USING (
    id = ANY ((SELECT palier_ids('palier.organisations'))::bigint[])
    OR id = ANY ((SELECT palier_ids('palier.shared_organisations'))::bigint[])
    OR (SELECT palier_ids('palier.admin_of')) <> '{}'
    OR (SELECT palier_is_system('token', 'evaluation', 'stock_import', 'incident_import', 'seeding'))
);

DROP POLICY IF EXISTS apitoken_all ON accounts_apitoken;
CREATE POLICY apitoken_all ON accounts_apitoken FOR ALL USING (
    organisation_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[])
    OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS apitoken_select_token ON accounts_apitoken;
CREATE POLICY apitoken_select_token ON accounts_apitoken FOR SELECT USING (
    (SELECT palier_is_system('token'))
);
DROP POLICY IF EXISTS apitoken_update_token ON accounts_apitoken;
CREATE POLICY apitoken_update_token ON accounts_apitoken FOR UPDATE USING (
    (SELECT palier_is_system('token'))
);
