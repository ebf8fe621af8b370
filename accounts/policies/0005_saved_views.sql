-- accounts_savedview: each person's own, and nobody else's.
ALTER TABLE accounts_savedview ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts_savedview FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS savedview_all ON accounts_savedview;
CREATE POLICY savedview_all ON accounts_savedview FOR ALL USING (
    owner_id = (SELECT palier_user())
);
