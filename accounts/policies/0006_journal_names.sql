-- accounts_membership, accounts_organisation: whoever reads a journal reads where the people named
-- in it work; the names themselves come from the login's scope.
DROP POLICY IF EXISTS membership_select_journal ON accounts_membership;
CREATE POLICY membership_select_journal ON accounts_membership FOR SELECT USING (
    (SELECT palier_is_system('journal'))
);
DROP POLICY IF EXISTS organisation_select_journal ON accounts_organisation;
CREATE POLICY organisation_select_journal ON accounts_organisation FOR SELECT USING (
    (SELECT palier_is_system('journal'))
);
