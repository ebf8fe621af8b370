-- A hold keeps a standing observation or a disruption as it keeps a fact: nothing of what belongs to it is erased.
DROP POLICY IF EXISTS confirmation_delete_retention ON incidents_confirmation;
CREATE POLICY confirmation_delete_retention ON incidents_confirmation FOR DELETE USING (
    (SELECT palier_is_system('retention')) AND observation_id NOT IN (
        SELECT h.observation_id FROM incidents_legalhold h
        WHERE h.observation_id IS NOT NULL AND h.lifted_at IS NULL AND (h.ends_on IS NULL OR h.ends_on > (SELECT palier_today()))
    )
);
DROP POLICY IF EXISTS disruption_delete_retention ON incidents_disruption;
CREATE POLICY disruption_delete_retention ON incidents_disruption FOR DELETE USING (
    (SELECT palier_is_system('retention')) AND id NOT IN (
        SELECT h.disruption_id FROM incidents_legalhold h
        WHERE h.disruption_id IS NOT NULL AND h.lifted_at IS NULL AND (h.ends_on IS NULL OR h.ends_on > (SELECT palier_today()))
    )
);
DROP POLICY IF EXISTS disruption_history_delete_retention ON incidents_disruption_history;
CREATE POLICY disruption_history_delete_retention ON incidents_disruption_history FOR DELETE USING (
    (SELECT palier_is_system('retention')) AND pgh_obj_id NOT IN (
        SELECT h.disruption_id FROM incidents_legalhold h
        WHERE h.disruption_id IS NOT NULL AND h.lifted_at IS NULL AND (h.ends_on IS NULL OR h.ends_on > (SELECT palier_today()))
    )
);
DROP POLICY IF EXISTS factreply_delete_retention ON incidents_factreply;
CREATE POLICY factreply_delete_retention ON incidents_factreply FOR DELETE USING (
    (SELECT palier_is_system('retention')) AND incident_id IN (SELECT i.id FROM incidents_incident i WHERE true) AND incident_id NOT IN (
        SELECT h.incident_id FROM incidents_legalhold h
        WHERE h.incident_id IS NOT NULL AND h.lifted_at IS NULL AND (h.ends_on IS NULL OR h.ends_on > (SELECT palier_today()))
    )
);
DROP POLICY IF EXISTS incident_delete_retention ON incidents_incident;
CREATE POLICY incident_delete_retention ON incidents_incident FOR DELETE USING (
    (SELECT palier_is_system('retention')) AND coalesce(span_end, day) < (SELECT palier_today()) - interval '36 months' AND id NOT IN (
        SELECT h.incident_id FROM incidents_legalhold h
        WHERE h.incident_id IS NOT NULL AND h.lifted_at IS NULL AND (h.ends_on IS NULL OR h.ends_on > (SELECT palier_today()))
    )
);
DROP POLICY IF EXISTS incident_history_delete_retention ON incidents_incident_history;
CREATE POLICY incident_history_delete_retention ON incidents_incident_history FOR DELETE USING (
    (SELECT palier_is_system('retention')) AND pgh_obj_id NOT IN (
        SELECT h.incident_id FROM incidents_legalhold h
        WHERE h.incident_id IS NOT NULL AND h.lifted_at IS NULL AND (h.ends_on IS NULL OR h.ends_on > (SELECT palier_today()))
    )
);
DROP POLICY IF EXISTS legalhold_insert ON incidents_legalhold;
CREATE POLICY legalhold_insert ON incidents_legalhold FOR INSERT WITH CHECK (
    (landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) AND (incident_id IN (SELECT r.id FROM incidents_incident r WHERE r.landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[])) OR observation_id IN (SELECT r.id FROM incidents_standingobservation r WHERE r.landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[])) OR disruption_id IN (SELECT r.id FROM incidents_disruption r WHERE r.landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[])))) OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS narrative_delete_retention ON incidents_narrative;
CREATE POLICY narrative_delete_retention ON incidents_narrative FOR DELETE USING (
    (SELECT palier_is_system('retention')) AND incident_id IN (SELECT i.id FROM incidents_incident i WHERE true) AND incident_id NOT IN (
        SELECT h.incident_id FROM incidents_legalhold h
        WHERE h.incident_id IS NOT NULL AND h.lifted_at IS NULL AND (h.ends_on IS NULL OR h.ends_on > (SELECT palier_today()))
    )
);
DROP POLICY IF EXISTS observation_delete_retention ON incidents_standingobservation;
CREATE POLICY observation_delete_retention ON incidents_standingobservation FOR DELETE USING (
    (SELECT palier_is_system('retention')) AND id NOT IN (
        SELECT h.observation_id FROM incidents_legalhold h
        WHERE h.observation_id IS NOT NULL AND h.lifted_at IS NULL AND (h.ends_on IS NULL OR h.ends_on > (SELECT palier_today()))
    )
);
DROP POLICY IF EXISTS observation_history_delete_retention ON incidents_standingobservation_history;
CREATE POLICY observation_history_delete_retention ON incidents_standingobservation_history FOR DELETE USING (
    (SELECT palier_is_system('retention')) AND pgh_obj_id NOT IN (
        SELECT h.observation_id FROM incidents_legalhold h
        WHERE h.observation_id IS NOT NULL AND h.lifted_at IS NULL AND (h.ends_on IS NULL OR h.ends_on > (SELECT palier_today()))
    )
);
