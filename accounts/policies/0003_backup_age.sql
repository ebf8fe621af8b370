-- accounts_auditentry: whoever watches the installation may read when it was last backed up.
DROP POLICY IF EXISTS auditentry_select_backup ON accounts_auditentry;
CREATE POLICY auditentry_select_backup ON accounts_auditentry FOR SELECT USING (
    action = 'export' AND object_type = 'backup' AND (SELECT palier_is_system('backup'))
);
