-- accounts_mail: what became of a mail. The product's scope "mail" writes it, and reads whom a mail names, and the
-- roles that the keys of links are made of.
ALTER TABLE accounts_mail ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts_mail FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS mail_select ON accounts_mail;
CREATE POLICY mail_select ON accounts_mail FOR SELECT USING (
    organisation_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) OR inviting_id = ANY ((SELECT palier_ids('palier.coordinator_of'))::bigint[]) OR (SELECT palier_ids('palier.admin_of')) <> '{}' OR (SELECT palier_is_system('mail'))
);
DROP POLICY IF EXISTS mail_insert ON accounts_mail;
CREATE POLICY mail_insert ON accounts_mail FOR INSERT WITH CHECK (
    (SELECT palier_is_system('mail'))
);
DROP POLICY IF EXISTS mail_update ON accounts_mail;
CREATE POLICY mail_update ON accounts_mail FOR UPDATE USING (
    (SELECT palier_is_system('mail'))
);
DROP POLICY IF EXISTS user_select_mail ON accounts_user;
CREATE POLICY user_select_mail ON accounts_user FOR SELECT USING (
    (SELECT palier_is_system('mail'))
);
DROP POLICY IF EXISTS organisation_select_mail ON accounts_organisation;
CREATE POLICY organisation_select_mail ON accounts_organisation FOR SELECT USING (
    (SELECT palier_is_system('mail'))
);
DROP POLICY IF EXISTS membership_select_mail ON accounts_membership;
CREATE POLICY membership_select_mail ON accounts_membership FOR SELECT USING (
    (SELECT palier_is_system('mail'))
);
