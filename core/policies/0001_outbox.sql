-- core_message: whoever acts, in any scope, adds; the outbox alone reads, changes and removes.
ALTER TABLE core_message ENABLE ROW LEVEL SECURITY;
ALTER TABLE core_message FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS message_insert ON core_message;
CREATE POLICY message_insert ON core_message FOR INSERT WITH CHECK (
    (SELECT palier_user()) IS NOT NULL
    OR (SELECT palier_organisation()) IS NOT NULL
    OR (SELECT nullif(current_setting('palier.system', true), '')) IS NOT NULL
);
DROP POLICY IF EXISTS message_select ON core_message;
CREATE POLICY message_select ON core_message FOR SELECT USING ((SELECT palier_is_system('outbox')));
DROP POLICY IF EXISTS message_update ON core_message;
CREATE POLICY message_update ON core_message FOR UPDATE USING ((SELECT palier_is_system('outbox')));
DROP POLICY IF EXISTS message_delete ON core_message;
CREATE POLICY message_delete ON core_message FOR DELETE USING ((SELECT palier_is_system('outbox')));
