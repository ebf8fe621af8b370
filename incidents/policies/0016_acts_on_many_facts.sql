-- Acts on many facts: the landlord's lead alone.
ALTER TABLE incidents_bulkact ENABLE ROW LEVEL SECURITY;
ALTER TABLE incidents_bulkact FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS bulkact_all ON incidents_bulkact;
CREATE POLICY bulkact_all ON incidents_bulkact FOR ALL USING (
    landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) OR (SELECT palier_is_system('seeding'))
);
