-- What a lead did with a fact: read by whoever reads the fact in full, written by its landlord's lead.
ALTER TABLE incidents_factreply ENABLE ROW LEVEL SECURITY;
ALTER TABLE incidents_factreply FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS factreply_select ON incidents_factreply;
CREATE POLICY factreply_select ON incidents_factreply FOR SELECT USING (
    (SELECT palier_is_system('seeding')) OR incident_id IN (SELECT i.id FROM incidents_incident i WHERE i.landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[]) OR i.residence_id = ANY ((SELECT palier_ids('palier.residences'))::bigint[]))
);
DROP POLICY IF EXISTS factreply_insert ON incidents_factreply;
CREATE POLICY factreply_insert ON incidents_factreply FOR INSERT WITH CHECK (
    (SELECT palier_is_system('seeding')) OR incident_id IN (SELECT i.id FROM incidents_incident i WHERE i.landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]))
);
DROP POLICY IF EXISTS factreply_update ON incidents_factreply;
CREATE POLICY factreply_update ON incidents_factreply FOR UPDATE USING (
    (SELECT palier_is_system('seeding')) OR incident_id IN (SELECT i.id FROM incidents_incident i WHERE i.landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]))
);
DROP POLICY IF EXISTS factreply_delete ON incidents_factreply;
CREATE POLICY factreply_delete ON incidents_factreply FOR DELETE USING (
    (SELECT palier_is_system('seeding')) OR incident_id IN (SELECT i.id FROM incidents_incident i WHERE i.landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]))
);
