-- mfa_authenticator: the secrets of second factors.
ALTER TABLE mfa_authenticator ENABLE ROW LEVEL SECURITY;
ALTER TABLE mfa_authenticator FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS authenticator_all ON mfa_authenticator;
CREATE POLICY authenticator_all ON mfa_authenticator FOR ALL USING (
    user_id = (SELECT palier_user()) OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS authenticator_select_authentication ON mfa_authenticator;
CREATE POLICY authenticator_select_authentication ON mfa_authenticator FOR SELECT USING (
    (SELECT palier_is_system('authentication'))
);
