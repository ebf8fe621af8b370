-- accounts_session: each row is open to whoever presents the digest of its key; expired ones to whoever clears them.
-- account_emailaddress, account_emailconfirmation: read by the login; the product writes none.
ALTER TABLE accounts_session ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts_session FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS session_all ON accounts_session;
CREATE POLICY session_all ON accounts_session FOR ALL USING (
    session_key = (SELECT current_setting('palier.session', true))
);
DROP POLICY IF EXISTS session_select_expired ON accounts_session;
CREATE POLICY session_select_expired ON accounts_session FOR SELECT USING (
    expire_date < now() AND (SELECT palier_is_system('sessions'))
);
DROP POLICY IF EXISTS session_delete_expired ON accounts_session;
CREATE POLICY session_delete_expired ON accounts_session FOR DELETE USING (
    expire_date < now() AND (SELECT palier_is_system('sessions'))
);
ALTER TABLE account_emailaddress ENABLE ROW LEVEL SECURITY;
ALTER TABLE account_emailaddress FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS emailaddress_select ON account_emailaddress;
CREATE POLICY emailaddress_select ON account_emailaddress FOR SELECT USING (
    user_id = (SELECT palier_user()) OR (SELECT palier_is_system('authentication'))
);
ALTER TABLE account_emailconfirmation ENABLE ROW LEVEL SECURITY;
ALTER TABLE account_emailconfirmation FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS emailconfirmation_select ON account_emailconfirmation;
CREATE POLICY emailconfirmation_select ON account_emailconfirmation FOR SELECT USING (
    (SELECT palier_is_system('authentication'))
);
