-- Facts: day, type and place as far as the perimeter of sites/policies reaches. Written by
-- the landlord's agents and lead, an API client of the landlord, and the operator's imports.
-- Free text: the landlord alone, never a coordinator.

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['incidents_incident', 'incidents_standingobservation', 'incidents_disruption']
    LOOP
        EXECUTE format('ALTER TABLE %I DROP CONSTRAINT IF EXISTS %I', t, t || '_follows_residence');
        EXECUTE format(
            'ALTER TABLE %I ADD CONSTRAINT %I FOREIGN KEY (residence_id, landlord_id, commune_id) '
            'REFERENCES sites_residence (id, landlord_id, commune_id) ON UPDATE CASCADE',
            t, t || '_follows_residence');
        EXECUTE format('ALTER TABLE %I DROP CONSTRAINT IF EXISTS %I', t, t || '_address_of_residence');
        EXECUTE format(
            'ALTER TABLE %I ADD CONSTRAINT %I FOREIGN KEY (address_id, residence_id, landlord_id, commune_id) '
            'REFERENCES sites_address (id, residence_id, landlord_id, commune_id) ON UPDATE CASCADE',
            t, t || '_address_of_residence');
    END LOOP;
END $$;

-- incidents_incident
ALTER TABLE incidents_incident ENABLE ROW LEVEL SECURITY;
ALTER TABLE incidents_incident FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS incident_select ON incidents_incident;
CREATE POLICY incident_select ON incidents_incident FOR SELECT USING (
    (SELECT palier_is_system('evaluation', 'incident_import', 'seeding'))
    OR landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[])
    OR residence_id = ANY ((SELECT palier_ids('palier.residences'))::bigint[])
    OR (landlord_id, commune_id) IN (SELECT s.landlord_id, s.commune_id FROM palier_shared() s)
);
DROP POLICY IF EXISTS incident_insert ON incidents_incident;
CREATE POLICY incident_insert ON incidents_incident FOR INSERT WITH CHECK (
    (SELECT palier_is_system('incident_import', 'seeding'))
    OR landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[])
    OR residence_id = ANY ((SELECT palier_ids('palier.residences'))::bigint[]));
DROP POLICY IF EXISTS incident_update ON incidents_incident;
CREATE POLICY incident_update ON incidents_incident FOR UPDATE USING (
    (SELECT palier_is_system('incident_import', 'seeding'))
    OR landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[])
    OR residence_id = ANY ((SELECT palier_ids('palier.residences'))::bigint[]));
DROP POLICY IF EXISTS incident_delete ON incidents_incident;
CREATE POLICY incident_delete ON incidents_incident FOR DELETE USING (
    (SELECT palier_is_system('incident_import', 'seeding'))
    OR landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[])
    OR residence_id = ANY ((SELECT palier_ids('palier.residences'))::bigint[]));

-- incidents_incident_history: earlier states of a fact, for those who may write it.
ALTER TABLE incidents_incident_history ENABLE ROW LEVEL SECURITY;
ALTER TABLE incidents_incident_history FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS incident_history_all ON incidents_incident_history;
CREATE POLICY incident_history_all ON incidents_incident_history FOR ALL USING (
    (SELECT palier_is_system('incident_import', 'seeding'))
    OR landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[])
    OR residence_id = ANY ((SELECT palier_ids('palier.residences'))::bigint[])
);

-- incidents_narrative
ALTER TABLE incidents_narrative ENABLE ROW LEVEL SECURITY;
ALTER TABLE incidents_narrative FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS narrative_all ON incidents_narrative;
CREATE POLICY narrative_all ON incidents_narrative FOR ALL USING (
    (SELECT palier_is_system('seeding'))
    OR incident_id IN (
        SELECT i.id FROM incidents_incident i
        WHERE i.landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[])
            OR i.residence_id = ANY ((SELECT palier_ids('palier.residences'))::bigint[])
    )
);

-- incidents_standingobservation, and its confirmations
ALTER TABLE incidents_standingobservation ENABLE ROW LEVEL SECURITY;
ALTER TABLE incidents_standingobservation FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS observation_select ON incidents_standingobservation;
CREATE POLICY observation_select ON incidents_standingobservation FOR SELECT USING (
    (SELECT palier_is_system('evaluation', 'incident_import', 'seeding'))
    OR landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[])
    OR residence_id = ANY ((SELECT palier_ids('palier.residences'))::bigint[])
    OR (landlord_id, commune_id) IN (SELECT s.landlord_id, s.commune_id FROM palier_shared() s)
);
DROP POLICY IF EXISTS observation_insert ON incidents_standingobservation;
CREATE POLICY observation_insert ON incidents_standingobservation FOR INSERT WITH CHECK (
    (SELECT palier_is_system('seeding'))
    OR landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[])
    OR residence_id = ANY ((SELECT palier_ids('palier.residences'))::bigint[]));
DROP POLICY IF EXISTS observation_update ON incidents_standingobservation;
CREATE POLICY observation_update ON incidents_standingobservation FOR UPDATE USING (
    (SELECT palier_is_system('seeding'))
    OR landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[])
    OR residence_id = ANY ((SELECT palier_ids('palier.residences'))::bigint[]));
DROP POLICY IF EXISTS observation_delete ON incidents_standingobservation;
CREATE POLICY observation_delete ON incidents_standingobservation FOR DELETE USING (
    (SELECT palier_is_system('seeding'))
    OR landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[])
    OR residence_id = ANY ((SELECT palier_ids('palier.residences'))::bigint[]));
ALTER TABLE incidents_confirmation ENABLE ROW LEVEL SECURITY;
ALTER TABLE incidents_confirmation FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS confirmation_select ON incidents_confirmation;
CREATE POLICY confirmation_select ON incidents_confirmation FOR SELECT USING (
    observation_id IN (SELECT o.id FROM incidents_standingobservation o)
);
DROP POLICY IF EXISTS confirmation_insert ON incidents_confirmation;
CREATE POLICY confirmation_insert ON incidents_confirmation FOR INSERT WITH CHECK (
    (SELECT palier_is_system('seeding'))
    OR observation_id IN (
        SELECT o.id FROM incidents_standingobservation o
        WHERE o.landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[])
            OR o.residence_id = ANY ((SELECT palier_ids('palier.residences'))::bigint[])
    ));
DROP POLICY IF EXISTS confirmation_update ON incidents_confirmation;
CREATE POLICY confirmation_update ON incidents_confirmation FOR UPDATE USING (
    (SELECT palier_is_system('seeding'))
    OR observation_id IN (
        SELECT o.id FROM incidents_standingobservation o
        WHERE o.landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[])
            OR o.residence_id = ANY ((SELECT palier_ids('palier.residences'))::bigint[])
    ));
DROP POLICY IF EXISTS confirmation_delete ON incidents_confirmation;
CREATE POLICY confirmation_delete ON incidents_confirmation FOR DELETE USING (
    (SELECT palier_is_system('seeding'))
    OR observation_id IN (
        SELECT o.id FROM incidents_standingobservation o
        WHERE o.landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[])
            OR o.residence_id = ANY ((SELECT palier_ids('palier.residences'))::bigint[])
    ));

-- incidents_disruption
ALTER TABLE incidents_disruption ENABLE ROW LEVEL SECURITY;
ALTER TABLE incidents_disruption FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS disruption_select ON incidents_disruption;
CREATE POLICY disruption_select ON incidents_disruption FOR SELECT USING (
    (SELECT palier_is_system('evaluation', 'incident_import', 'seeding'))
    OR landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[])
    OR residence_id = ANY ((SELECT palier_ids('palier.residences'))::bigint[])
    OR (landlord_id, commune_id) IN (SELECT s.landlord_id, s.commune_id FROM palier_shared() s)
);
DROP POLICY IF EXISTS disruption_insert ON incidents_disruption;
CREATE POLICY disruption_insert ON incidents_disruption FOR INSERT WITH CHECK (
    (SELECT palier_is_system('seeding'))
    OR landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[])
    OR residence_id = ANY ((SELECT palier_ids('palier.residences'))::bigint[]));
DROP POLICY IF EXISTS disruption_update ON incidents_disruption;
CREATE POLICY disruption_update ON incidents_disruption FOR UPDATE USING (
    (SELECT palier_is_system('seeding'))
    OR landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[])
    OR residence_id = ANY ((SELECT palier_ids('palier.residences'))::bigint[]));
DROP POLICY IF EXISTS disruption_delete ON incidents_disruption;
CREATE POLICY disruption_delete ON incidents_disruption FOR DELETE USING (
    (SELECT palier_is_system('seeding'))
    OR landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[])
    OR residence_id = ANY ((SELECT palier_ids('palier.residences'))::bigint[]));

-- incidents_factsubtype: readable with its territory, kept by its coordinator.
ALTER TABLE incidents_factsubtype ENABLE ROW LEVEL SECURITY;
ALTER TABLE incidents_factsubtype FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS factsubtype_select ON incidents_factsubtype;
CREATE POLICY factsubtype_select ON incidents_factsubtype FOR SELECT USING (
    territory_id IN (SELECT t.id FROM sites_territory t)
    OR (SELECT palier_is_system('evaluation', 'seeding'))
);
DROP POLICY IF EXISTS factsubtype_insert ON incidents_factsubtype;
CREATE POLICY factsubtype_insert ON incidents_factsubtype FOR INSERT WITH CHECK (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
    OR (SELECT palier_is_system('seeding')));
DROP POLICY IF EXISTS factsubtype_update ON incidents_factsubtype;
CREATE POLICY factsubtype_update ON incidents_factsubtype FOR UPDATE USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
    OR (SELECT palier_is_system('seeding')));
DROP POLICY IF EXISTS factsubtype_delete ON incidents_factsubtype;
CREATE POLICY factsubtype_delete ON incidents_factsubtype FOR DELETE USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
    OR (SELECT palier_is_system('seeding')));
