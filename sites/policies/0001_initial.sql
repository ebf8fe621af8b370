-- The perimeter. A row that repeats its residence's (landlord_id, commune_id) is visible to
--   * the landlord's lead, and its agents with no residence assigned   palier.landlords
--   * the agents its residence is assigned to                          palier.residences
--   * the coordinator of a territory that holds its commune, while the landlord has a live
--     sharing agreement with that very territory                       palier_shared()
-- The pairs are computed once, when the scope is entered (sites/apps.py).

CREATE OR REPLACE FUNCTION palier_shared() RETURNS TABLE (landlord_id bigint, commune_id bigint)
    LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT * FROM unnest(palier_ids('palier.shared_landlords'), palier_ids('palier.shared_communes'))
$$;

-- Copies of the residence's landlord and commune cannot differ from the residence's.
ALTER TABLE sites_address DROP CONSTRAINT IF EXISTS address_follows_residence;
ALTER TABLE sites_address ADD CONSTRAINT address_follows_residence
    FOREIGN KEY (residence_id, landlord_id, commune_id)
    REFERENCES sites_residence (id, landlord_id, commune_id) ON UPDATE CASCADE
    DEFERRABLE INITIALLY IMMEDIATE;

-- sites_territory: its coordinator, members of its circles, and the leads of landlords, who may
-- sign with it: that a council exists, and for which communes, is public.
ALTER TABLE sites_territory ENABLE ROW LEVEL SECURITY;
ALTER TABLE sites_territory FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS territory_select ON sites_territory;
CREATE POLICY territory_select ON sites_territory FOR SELECT USING (
    organisation_id = ANY ((SELECT palier_ids('palier.coordinator_of'))::bigint[])
    OR (SELECT palier_ids('palier.lead_of')) <> '{}'
    OR id = ANY ((SELECT palier_ids('palier.circle_territories'))::bigint[])
    OR (SELECT palier_ids('palier.admin_of')) <> '{}'
    OR (SELECT palier_is_system('evaluation', 'seeding'))
);
DROP POLICY IF EXISTS territory_insert ON sites_territory;
CREATE POLICY territory_insert ON sites_territory FOR INSERT WITH CHECK (
    (SELECT palier_ids('palier.admin_of')) <> '{}' OR (SELECT palier_is_system('seeding')));
DROP POLICY IF EXISTS territory_update ON sites_territory;
CREATE POLICY territory_update ON sites_territory FOR UPDATE USING (
    (SELECT palier_ids('palier.admin_of')) <> '{}' OR (SELECT palier_is_system('seeding')));
DROP POLICY IF EXISTS territory_delete ON sites_territory;
CREATE POLICY territory_delete ON sites_territory FOR DELETE USING (
    (SELECT palier_ids('palier.admin_of')) <> '{}' OR (SELECT palier_is_system('seeding')));

-- sites_sharingagreement: the landlord's lead and the territory's coordinator.
ALTER TABLE sites_sharingagreement ENABLE ROW LEVEL SECURITY;
ALTER TABLE sites_sharingagreement FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS agreement_select ON sites_sharingagreement;
CREATE POLICY agreement_select ON sites_sharingagreement FOR SELECT USING (
    landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[])
    OR territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
    OR (SELECT palier_ids('palier.admin_of')) <> '{}'
    OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS agreement_insert ON sites_sharingagreement;
CREATE POLICY agreement_insert ON sites_sharingagreement FOR INSERT WITH CHECK (
    landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[])
    OR (SELECT palier_ids('palier.admin_of')) <> '{}'
    OR (SELECT palier_is_system('seeding')));
DROP POLICY IF EXISTS agreement_update ON sites_sharingagreement;
CREATE POLICY agreement_update ON sites_sharingagreement FOR UPDATE USING (
    landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[])
    OR (SELECT palier_ids('palier.admin_of')) <> '{}'
    OR (SELECT palier_is_system('seeding')));
DROP POLICY IF EXISTS agreement_delete ON sites_sharingagreement;
CREATE POLICY agreement_delete ON sites_sharingagreement FOR DELETE USING (
    landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[])
    OR (SELECT palier_ids('palier.admin_of')) <> '{}'
    OR (SELECT palier_is_system('seeding')));

-- sites_residence
ALTER TABLE sites_residence ENABLE ROW LEVEL SECURITY;
ALTER TABLE sites_residence FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS residence_select ON sites_residence;
CREATE POLICY residence_select ON sites_residence FOR SELECT USING (
    landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[])
    OR id = ANY ((SELECT palier_ids('palier.residences'))::bigint[])
    OR (landlord_id, commune_id) IN (SELECT s.landlord_id, s.commune_id FROM palier_shared() s)
    OR (SELECT palier_is_system('evaluation', 'stock_import', 'incident_import', 'seeding'))
);
DROP POLICY IF EXISTS residence_insert ON sites_residence;
CREATE POLICY residence_insert ON sites_residence FOR INSERT WITH CHECK (
    landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[])
    OR (SELECT palier_is_system('stock_import', 'seeding')));
DROP POLICY IF EXISTS residence_update ON sites_residence;
CREATE POLICY residence_update ON sites_residence FOR UPDATE USING (
    landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[])
    OR (SELECT palier_is_system('stock_import', 'seeding')));
DROP POLICY IF EXISTS residence_delete ON sites_residence;
CREATE POLICY residence_delete ON sites_residence FOR DELETE USING (
    landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[])
    OR (SELECT palier_is_system('stock_import', 'seeding')));

-- sites_address
ALTER TABLE sites_address ENABLE ROW LEVEL SECURITY;
ALTER TABLE sites_address FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS address_select ON sites_address;
CREATE POLICY address_select ON sites_address FOR SELECT USING (
    landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[])
    OR residence_id = ANY ((SELECT palier_ids('palier.residences'))::bigint[])
    OR (landlord_id, commune_id) IN (SELECT s.landlord_id, s.commune_id FROM palier_shared() s)
    OR (SELECT palier_is_system('evaluation', 'stock_import', 'incident_import', 'seeding'))
);
DROP POLICY IF EXISTS address_insert ON sites_address;
CREATE POLICY address_insert ON sites_address FOR INSERT WITH CHECK (
    landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[])
    OR (SELECT palier_is_system('stock_import', 'seeding')));
DROP POLICY IF EXISTS address_update ON sites_address;
CREATE POLICY address_update ON sites_address FOR UPDATE USING (
    landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[])
    OR (SELECT palier_is_system('stock_import', 'seeding')));
DROP POLICY IF EXISTS address_delete ON sites_address;
CREATE POLICY address_delete ON sites_address FOR DELETE USING (
    landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[])
    OR (SELECT palier_is_system('stock_import', 'seeding')));

-- sites_residenceassignment: the agent, and the lead of the residence's landlord.
ALTER TABLE sites_residenceassignment ENABLE ROW LEVEL SECURITY;
ALTER TABLE sites_residenceassignment FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS assignment_select ON sites_residenceassignment;
CREATE POLICY assignment_select ON sites_residenceassignment FOR SELECT USING (
    membership_id IN (SELECT m.id FROM accounts_membership m)
);
DROP POLICY IF EXISTS assignment_insert ON sites_residenceassignment;
CREATE POLICY assignment_insert ON sites_residenceassignment FOR INSERT WITH CHECK (
    membership_id IN (
        SELECT m.id FROM accounts_membership m
        WHERE m.organisation_id = ANY (palier_ids('palier.lead_of'))
            OR palier_is_system('seeding')
    ));
DROP POLICY IF EXISTS assignment_update ON sites_residenceassignment;
CREATE POLICY assignment_update ON sites_residenceassignment FOR UPDATE USING (
    membership_id IN (
        SELECT m.id FROM accounts_membership m
        WHERE m.organisation_id = ANY (palier_ids('palier.lead_of'))
            OR palier_is_system('seeding')
    ));
DROP POLICY IF EXISTS assignment_delete ON sites_residenceassignment;
CREATE POLICY assignment_delete ON sites_residenceassignment FOR DELETE USING (
    membership_id IN (
        SELECT m.id FROM accounts_membership m
        WHERE m.organisation_id = ANY (palier_ids('palier.lead_of'))
            OR palier_is_system('seeding')
    ));

-- sites_importrun, sites_importfile: the organisation's lead; the worker's progress; the
-- operator's own imports, which belong to no organisation.
ALTER TABLE sites_importrun ENABLE ROW LEVEL SECURITY;
ALTER TABLE sites_importrun FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS importrun_all ON sites_importrun;
CREATE POLICY importrun_all ON sites_importrun FOR ALL USING (
    organisation_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[])
    OR (SELECT palier_is_system('stock_import', 'incident_import', 'jobs', 'seeding'))
);
ALTER TABLE sites_importfile ENABLE ROW LEVEL SECURITY;
ALTER TABLE sites_importfile FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS importfile_all ON sites_importfile;
CREATE POLICY importfile_all ON sites_importfile FOR ALL USING (
    run_id IN (SELECT r.id FROM sites_importrun r)
);
