-- accounts_auditentry: a page from before a record was deleted is told so.
DROP POLICY IF EXISTS auditentry_select_settled ON accounts_auditentry;
CREATE POLICY auditentry_select_settled ON accounts_auditentry FOR SELECT USING (
    action = 'cancel' AND (SELECT palier_is_system('settled'))
);
