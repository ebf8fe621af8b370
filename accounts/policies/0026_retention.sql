-- What was erased at the end of its term: written by the nightly job, read by leads and data-protection officers.
ALTER TABLE accounts_erasure ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts_erasure FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS erasure_select ON accounts_erasure;
CREATE POLICY erasure_select ON accounts_erasure FOR SELECT USING (
    organisation_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) OR organisation_id = ANY ((SELECT palier_ids('palier.dpo_of'))::bigint[]) OR (SELECT palier_is_system('retention'))
);
DROP POLICY IF EXISTS erasure_insert ON accounts_erasure;
CREATE POLICY erasure_insert ON accounts_erasure FOR INSERT WITH CHECK (
    (SELECT palier_is_system('retention'))
);
