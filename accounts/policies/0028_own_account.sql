-- What the journals tell of one's own account: logins and those that failed, passwords, factors, sessions, names. People
-- read these entries alone of the journals of their organisations, whatever their role, and also once they have left.
CREATE OR REPLACE FUNCTION palier_own_account_entries(most integer) RETURNS SETOF accounts_auditentry
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT e.* FROM accounts_auditentry e
    WHERE e.object_type = 'accounts.user' AND e.object_id = palier_user()::text
    ORDER BY e.id DESC LIMIT least(most, 500)
$$;
REVOKE ALL ON FUNCTION palier_own_account_entries(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION palier_own_account_entries(integer) TO palier;
