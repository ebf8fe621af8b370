-- Earlier states of disruptions and standing observations, for those who may write them. What an import changes
-- adds to them; that is noted as for facts, so that the whole import can be undone.
ALTER TABLE incidents_disruption_history ENABLE ROW LEVEL SECURITY;
ALTER TABLE incidents_disruption_history FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS disruption_history_all ON incidents_disruption_history;
CREATE POLICY disruption_history_all ON incidents_disruption_history FOR ALL USING (
    (SELECT palier_is_system('incident_import', 'seeding')) OR landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[]) OR residence_id = ANY ((SELECT palier_ids('palier.residences'))::bigint[])
);

ALTER TABLE incidents_standingobservation_history ENABLE ROW LEVEL SECURITY;
ALTER TABLE incidents_standingobservation_history FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS observation_history_all ON incidents_standingobservation_history;
CREATE POLICY observation_history_all ON incidents_standingobservation_history FOR ALL USING (
    (SELECT palier_is_system('incident_import', 'seeding')) OR landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[]) OR residence_id = ANY ((SELECT palier_ids('palier.residences'))::bigint[])
);

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['incidents_disruption_history', 'incidents_standingobservation_history']
    LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS note_created_by_import ON %I', t);
        EXECUTE format(
            'CREATE TRIGGER note_created_by_import AFTER INSERT ON %I REFERENCING NEW TABLE AS fresh '
            'FOR EACH STATEMENT EXECUTE FUNCTION palier_note_created(''pgh_id'')', t);
    END LOOP;
END $$;
