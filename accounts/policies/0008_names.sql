-- accounts_user, accounts_membership: a lead corrects the name of somebody whose every role is that of
-- an own agent. The product looks at the roles a lead does not see, and never lets the name of
-- anybody who is more than an agent be changed so.
DROP POLICY IF EXISTS user_select_naming ON accounts_user;
CREATE POLICY user_select_naming ON accounts_user FOR SELECT USING (
    (SELECT palier_is_system('naming'))
);
DROP POLICY IF EXISTS user_update_naming ON accounts_user;
CREATE POLICY user_update_naming ON accounts_user FOR UPDATE USING (
    (SELECT palier_is_system('naming'))
    AND id IN (SELECT m.user_id FROM accounts_membership m WHERE m.role = 'agent')
    AND id NOT IN (
        SELECT m.user_id FROM accounts_membership m
        WHERE m.role <> 'agent' AND (m.ends_on IS NULL OR m.ends_on > (SELECT palier_today()))
    )
);
DROP POLICY IF EXISTS membership_select_naming ON accounts_membership;
CREATE POLICY membership_select_naming ON accounts_membership FOR SELECT USING (
    (SELECT palier_is_system('naming'))
);
