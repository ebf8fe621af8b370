-- The nightly job of retention reads and erases what is past its term and not held; its settings, and what it leaves.
ALTER TABLE incidents_retentionterms ENABLE ROW LEVEL SECURITY;
ALTER TABLE incidents_retentionterms FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS retentionterms_select ON incidents_retentionterms;
CREATE POLICY retentionterms_select ON incidents_retentionterms FOR SELECT USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) OR (SELECT palier_ids('palier.lead_of')) <> '{}' OR (SELECT palier_ids('palier.dpo_of')) <> '{}' OR (SELECT palier_is_system('retention', 'seeding'))
);
DROP POLICY IF EXISTS retentionterms_insert ON incidents_retentionterms;
CREATE POLICY retentionterms_insert ON incidents_retentionterms FOR INSERT WITH CHECK (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) OR (SELECT palier_is_system('seeding'))
);
ALTER TABLE incidents_legalhold ENABLE ROW LEVEL SECURITY;
ALTER TABLE incidents_legalhold FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS legalhold_select ON incidents_legalhold;
CREATE POLICY legalhold_select ON incidents_legalhold FOR SELECT USING (
    landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) OR landlord_id = ANY ((SELECT palier_ids('palier.dpo_of'))::bigint[]) OR (SELECT palier_is_system('retention', 'seeding'))
);
DROP POLICY IF EXISTS legalhold_insert ON incidents_legalhold;
CREATE POLICY legalhold_insert ON incidents_legalhold FOR INSERT WITH CHECK (
    landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS legalhold_update ON incidents_legalhold;
CREATE POLICY legalhold_update ON incidents_legalhold FOR UPDATE USING (
    landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS legalhold_delete ON incidents_legalhold;
CREATE POLICY legalhold_delete ON incidents_legalhold FOR DELETE USING (
    (SELECT palier_is_system('retention')) AND (lifted_at IS NOT NULL OR ends_on <= (SELECT palier_today()))
);
ALTER TABLE incidents_facttotal ENABLE ROW LEVEL SECURITY;
ALTER TABLE incidents_facttotal FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS facttotal_select ON incidents_facttotal;
CREATE POLICY facttotal_select ON incidents_facttotal FOR SELECT USING (
    landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) OR (SELECT palier_is_system('retention', 'seeding'))
);
DROP POLICY IF EXISTS facttotal_insert ON incidents_facttotal;
CREATE POLICY facttotal_insert ON incidents_facttotal FOR INSERT WITH CHECK (
    (SELECT palier_is_system('retention'))
);
DROP POLICY IF EXISTS facttotal_update ON incidents_facttotal;
CREATE POLICY facttotal_update ON incidents_facttotal FOR UPDATE USING (
    (SELECT palier_is_system('retention'))
);
ALTER TABLE incidents_horizon ENABLE ROW LEVEL SECURITY;
ALTER TABLE incidents_horizon FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS horizon_select ON incidents_horizon;
CREATE POLICY horizon_select ON incidents_horizon FOR SELECT USING (
    landlord_id = ANY ((SELECT palier_ids('palier.organisations'))::bigint[]) OR landlord_id = ANY ((SELECT palier_ids('palier.shared_organisations'))::bigint[]) OR (SELECT palier_is_system('retention', 'evaluation', 'seeding'))
);
DROP POLICY IF EXISTS horizon_insert ON incidents_horizon;
CREATE POLICY horizon_insert ON incidents_horizon FOR INSERT WITH CHECK (
    (SELECT palier_is_system('retention'))
);
DROP POLICY IF EXISTS horizon_update ON incidents_horizon;
CREATE POLICY horizon_update ON incidents_horizon FOR UPDATE USING (
    (SELECT palier_is_system('retention'))
);
DROP POLICY IF EXISTS incident_select_retention ON incidents_incident;
CREATE POLICY incident_select_retention ON incidents_incident FOR SELECT USING (
    (SELECT palier_is_system('retention')) AND coalesce(span_end, day) < (SELECT palier_today()) - interval '1 month'
);
DROP POLICY IF EXISTS incident_delete_retention ON incidents_incident;
CREATE POLICY incident_delete_retention ON incidents_incident FOR DELETE USING (
    (SELECT palier_is_system('retention')) AND coalesce(span_end, day) < (SELECT palier_today()) - interval '36 months' AND id NOT IN (
        SELECT h.incident_id FROM incidents_legalhold h
        WHERE h.lifted_at IS NULL AND (h.ends_on IS NULL OR h.ends_on > (SELECT palier_today()))
    )
);
DROP POLICY IF EXISTS narrative_select_retention ON incidents_narrative;
CREATE POLICY narrative_select_retention ON incidents_narrative FOR SELECT USING (
    (SELECT palier_is_system('retention')) AND incident_id IN (SELECT i.id FROM incidents_incident i WHERE true)
);
DROP POLICY IF EXISTS narrative_delete_retention ON incidents_narrative;
CREATE POLICY narrative_delete_retention ON incidents_narrative FOR DELETE USING (
    (SELECT palier_is_system('retention')) AND incident_id IN (SELECT i.id FROM incidents_incident i WHERE true) AND incident_id NOT IN (
        SELECT h.incident_id FROM incidents_legalhold h
        WHERE h.lifted_at IS NULL AND (h.ends_on IS NULL OR h.ends_on > (SELECT palier_today()))
    )
);
DROP POLICY IF EXISTS factreply_select_retention ON incidents_factreply;
CREATE POLICY factreply_select_retention ON incidents_factreply FOR SELECT USING (
    (SELECT palier_is_system('retention')) AND incident_id IN (SELECT i.id FROM incidents_incident i WHERE true)
);
DROP POLICY IF EXISTS factreply_delete_retention ON incidents_factreply;
CREATE POLICY factreply_delete_retention ON incidents_factreply FOR DELETE USING (
    (SELECT palier_is_system('retention')) AND incident_id IN (SELECT i.id FROM incidents_incident i WHERE true) AND incident_id NOT IN (
        SELECT h.incident_id FROM incidents_legalhold h
        WHERE h.lifted_at IS NULL AND (h.ends_on IS NULL OR h.ends_on > (SELECT palier_today()))
    )
);
DROP POLICY IF EXISTS unplacedfact_select_retention ON incidents_unplacedfact;
CREATE POLICY unplacedfact_select_retention ON incidents_unplacedfact FOR SELECT USING (
    (SELECT palier_is_system('retention')) AND coalesce(span_end, day) < (SELECT palier_today()) - interval '1 month'
);
DROP POLICY IF EXISTS unplacedfact_update_retention ON incidents_unplacedfact;
CREATE POLICY unplacedfact_update_retention ON incidents_unplacedfact FOR UPDATE USING (
    (SELECT palier_is_system('retention'))
);
DROP POLICY IF EXISTS unplacedfact_delete_retention ON incidents_unplacedfact;
CREATE POLICY unplacedfact_delete_retention ON incidents_unplacedfact FOR DELETE USING (
    (SELECT palier_is_system('retention')) AND coalesce(span_end, day) < (SELECT palier_today()) - interval '36 months'
);
DROP POLICY IF EXISTS bulkact_select_retention ON incidents_bulkact;
CREATE POLICY bulkact_select_retention ON incidents_bulkact FOR SELECT USING (
    (SELECT palier_is_system('retention'))
);
DROP POLICY IF EXISTS bulkact_delete_retention ON incidents_bulkact;
CREATE POLICY bulkact_delete_retention ON incidents_bulkact FOR DELETE USING (
    (SELECT palier_is_system('retention'))
);
DROP POLICY IF EXISTS observation_select_retention ON incidents_standingobservation;
CREATE POLICY observation_select_retention ON incidents_standingobservation FOR SELECT USING (
    (SELECT palier_is_system('retention'))
);
DROP POLICY IF EXISTS observation_delete_retention ON incidents_standingobservation;
CREATE POLICY observation_delete_retention ON incidents_standingobservation FOR DELETE USING (
    (SELECT palier_is_system('retention'))
);
DROP POLICY IF EXISTS confirmation_delete_retention ON incidents_confirmation;
CREATE POLICY confirmation_delete_retention ON incidents_confirmation FOR DELETE USING (
    (SELECT palier_is_system('retention'))
);
DROP POLICY IF EXISTS disruption_select_retention ON incidents_disruption;
CREATE POLICY disruption_select_retention ON incidents_disruption FOR SELECT USING (
    (SELECT palier_is_system('retention'))
);
DROP POLICY IF EXISTS disruption_delete_retention ON incidents_disruption;
CREATE POLICY disruption_delete_retention ON incidents_disruption FOR DELETE USING (
    (SELECT palier_is_system('retention'))
);
DROP POLICY IF EXISTS incident_history_select_retention ON incidents_incident_history;
CREATE POLICY incident_history_select_retention ON incidents_incident_history FOR SELECT USING (
    (SELECT palier_is_system('retention'))
);
DROP POLICY IF EXISTS incident_history_delete_retention ON incidents_incident_history;
CREATE POLICY incident_history_delete_retention ON incidents_incident_history FOR DELETE USING (
    (SELECT palier_is_system('retention'))
);
DROP POLICY IF EXISTS disruption_history_select_retention ON incidents_disruption_history;
CREATE POLICY disruption_history_select_retention ON incidents_disruption_history FOR SELECT USING (
    (SELECT palier_is_system('retention'))
);
DROP POLICY IF EXISTS disruption_history_delete_retention ON incidents_disruption_history;
CREATE POLICY disruption_history_delete_retention ON incidents_disruption_history FOR DELETE USING (
    (SELECT palier_is_system('retention'))
);
DROP POLICY IF EXISTS observation_history_select_retention ON incidents_standingobservation_history;
CREATE POLICY observation_history_select_retention ON incidents_standingobservation_history FOR SELECT USING (
    (SELECT palier_is_system('retention'))
);
DROP POLICY IF EXISTS observation_history_delete_retention ON incidents_standingobservation_history;
CREATE POLICY observation_history_delete_retention ON incidents_standingobservation_history FOR DELETE USING (
    (SELECT palier_is_system('retention'))
);
DROP POLICY IF EXISTS agreement_select_retention ON sites_sharingagreement;
CREATE POLICY agreement_select_retention ON sites_sharingagreement FOR SELECT USING (
    (SELECT palier_is_system('retention'))
);
DROP POLICY IF EXISTS terms_select_retention ON sites_agreementterms;
CREATE POLICY terms_select_retention ON sites_agreementterms FOR SELECT USING (
    (SELECT palier_is_system('retention'))
);
DROP POLICY IF EXISTS territory_select_retention ON sites_territory;
CREATE POLICY territory_select_retention ON sites_territory FOR SELECT USING (
    (SELECT palier_is_system('retention'))
);
DROP POLICY IF EXISTS residence_select_retention ON sites_residence;
CREATE POLICY residence_select_retention ON sites_residence FOR SELECT USING (
    (SELECT palier_is_system('retention'))
);
