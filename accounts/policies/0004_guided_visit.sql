-- accounts_guidedvisit: everybody's own.
ALTER TABLE accounts_guidedvisit ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts_guidedvisit FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS guidedvisit_all ON accounts_guidedvisit;
CREATE POLICY guidedvisit_all ON accounts_guidedvisit FOR ALL USING (
    user_id = (SELECT palier_user())
    OR (SELECT palier_is_system('seeding'))
);
