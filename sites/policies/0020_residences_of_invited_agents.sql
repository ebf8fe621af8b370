-- sites_residenceassignment: the product assigns, in the scope "proposals", what was foreseen for an agent who has accepted.
DROP POLICY IF EXISTS residence_select_proposals ON sites_residence;
CREATE POLICY residence_select_proposals ON sites_residence FOR SELECT USING (
    (SELECT palier_is_system('proposals'))
);
DROP POLICY IF EXISTS assignment_insert ON sites_residenceassignment;
CREATE POLICY assignment_insert ON sites_residenceassignment FOR INSERT WITH CHECK (
    EXISTS (
        SELECT 1 FROM accounts_membership m JOIN sites_residence r ON r.landlord_id = m.organisation_id
        WHERE m.id = membership_id AND r.id = residence_id AND m.role = 'agent'
            AND (m.organisation_id = ANY (palier_ids('palier.lead_of')) OR palier_is_system('seeding', 'proposals'))
    )
);
DROP POLICY IF EXISTS assignment_update ON sites_residenceassignment;
CREATE POLICY assignment_update ON sites_residenceassignment FOR UPDATE USING (
    EXISTS (
        SELECT 1 FROM accounts_membership m JOIN sites_residence r ON r.landlord_id = m.organisation_id
        WHERE m.id = membership_id AND r.id = residence_id AND m.role = 'agent'
            AND (m.organisation_id = ANY (palier_ids('palier.lead_of')) OR palier_is_system('seeding', 'proposals'))
    )
);
