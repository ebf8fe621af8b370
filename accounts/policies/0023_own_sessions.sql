-- accounts_session: people see their own sessions, and end them.
DROP POLICY IF EXISTS session_select_own ON accounts_session;
CREATE POLICY session_select_own ON accounts_session FOR SELECT USING (
    user_id = (SELECT palier_user())
);
DROP POLICY IF EXISTS session_delete_own ON accounts_session;
CREATE POLICY session_delete_own ON accounts_session FOR DELETE USING (
    user_id = (SELECT palier_user())
);
