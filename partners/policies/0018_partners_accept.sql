-- An invited partner holds the role once they have accepted it: the invitation writes a proposal, and no membership.
DROP POLICY IF EXISTS membership_invite_insert ON accounts_membership;
DROP POLICY IF EXISTS proposal_invite ON accounts_proposal;
CREATE POLICY proposal_invite ON accounts_proposal FOR SELECT USING (
    (SELECT palier_is_system('invitation')) AND role = 'partner'
);
DROP POLICY IF EXISTS proposal_invite_insert ON accounts_proposal;
CREATE POLICY proposal_invite_insert ON accounts_proposal FOR INSERT WITH CHECK (
    (SELECT palier_is_system('invitation')) AND role = 'partner' AND organisation_id IN (SELECT o.id FROM accounts_organisation o WHERE palier_is_circle_kind(o.kind))
);
DROP POLICY IF EXISTS proposal_of_circle ON accounts_proposal;
CREATE POLICY proposal_of_circle ON accounts_proposal FOR SELECT USING (
    role = 'partner' AND inviting_id = ANY ((SELECT palier_ids('palier.coordinator_of'))::bigint[])
);
DROP POLICY IF EXISTS proposal_of_circle_update ON accounts_proposal;
CREATE POLICY proposal_of_circle_update ON accounts_proposal FOR UPDATE USING (
    role = 'partner' AND inviting_id = ANY ((SELECT palier_ids('palier.coordinator_of'))::bigint[])
);

-- This app's part of the scope; a coordinator also reads the organisation of somebody who has a mandate and has not accepted yet.
CREATE OR REPLACE FUNCTION palier_scope_partners() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('palier.circles', coalesce(array_agg(c.id), '{}')::text, true),
        set_config('palier.circle_territories', coalesce(array_agg(c.territory_id), '{}')::text, true)
    FROM partners_mandate m JOIN partners_circle c ON c.id = m.circle_id
    WHERE m.user_id = palier_user() AND m.organisation_id = ANY (palier_ids('palier.partner_of'))
        AND m.starts_on <= palier_today() AND (m.ends_on IS NULL OR m.ends_on > palier_today())
        AND c.starts_on <= palier_today() AND (c.ends_on IS NULL OR c.ends_on > palier_today());
    PERFORM set_config('palier.users', coalesce(array_agg(m.user_id), '{}')::text, true)
    FROM partners_mandate m JOIN partners_circle c ON c.id = m.circle_id
    WHERE c.territory_id = ANY (palier_ids('palier.territories'));
    PERFORM set_config('palier.circle_organisations', coalesce(array_agg(organisation_id), '{}')::text, true)
    FROM (
        SELECT organisation_id FROM accounts_membership
        WHERE user_id = ANY (palier_ids('palier.users')) AND role = 'partner'
        UNION
        SELECT organisation_id FROM partners_mandate
        WHERE organisation_id IS NOT NULL AND territory_id = ANY (palier_ids('palier.territories'))
    ) named;
END $$;
