-- What a person or a program may see, worked out once at the start of a transaction: as functions, for
-- their plans are kept with the connection. They run as the caller, under the policies.

CREATE OR REPLACE FUNCTION palier_scope_organisations() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('palier.organisations', (
        palier_ids('palier.agent_of') || palier_ids('palier.lead_of')
        || palier_ids('palier.coordinator_of') || palier_ids('palier.partner_of')
        || palier_ids('palier.admin_of') || palier_ids('palier.dpo_of'))::text, true);
END $$;

CREATE OR REPLACE FUNCTION palier_scope_person() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM
        set_config('palier.agent_of', coalesce(array_agg(id) FILTER (WHERE role = 'agent'), '{}')::text, true),
        set_config('palier.lead_of', coalesce(array_agg(id) FILTER (WHERE role = 'lead'), '{}')::text, true),
        set_config('palier.coordinator_of',
            coalesce(array_agg(id) FILTER (WHERE role = 'coordinator'), '{}')::text, true),
        set_config('palier.partner_of',
            coalesce(array_agg(id) FILTER (WHERE role = 'partner'), '{}')::text, true),
        set_config('palier.admin_of', coalesce(array_agg(id) FILTER (WHERE role = 'admin'), '{}')::text, true),
        set_config('palier.dpo_of', coalesce(array_agg(id) FILTER (WHERE role = 'dpo'), '{}')::text, true)
    FROM (
        SELECT role, organisation_id AS id FROM accounts_membership
        WHERE user_id = palier_user()
            AND starts_on <= palier_today() AND (ends_on IS NULL OR ends_on > palier_today())
    ) held;
    PERFORM palier_scope_organisations();
END $$;

CREATE OR REPLACE FUNCTION palier_scope_program() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('palier.lead_of', array[palier_organisation()]::text, true);
    PERFORM palier_scope_organisations();
END $$;
