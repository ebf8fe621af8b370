-- A hold of the own landlord's record is not turned into one of another's.
DROP POLICY IF EXISTS legalhold_update ON incidents_legalhold;
CREATE POLICY legalhold_update ON incidents_legalhold FOR UPDATE USING (
    (landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) AND (incident_id IN (SELECT r.id FROM incidents_incident r WHERE r.landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[])) OR observation_id IN (SELECT r.id FROM incidents_standingobservation r WHERE r.landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[])) OR disruption_id IN (SELECT r.id FROM incidents_disruption r WHERE r.landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[])))) OR (SELECT palier_is_system('seeding'))
);
