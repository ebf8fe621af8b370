-- sites_agreementterms: read by whoever sees the agreement, added to by the landlord's lead alone. There is no policy
-- to change one: what a landlord said stays. An administrator may enter an agreement, but no terms, so it opens nothing.
ALTER TABLE sites_agreementterms DROP CONSTRAINT IF EXISTS terms_follow_agreement;
ALTER TABLE sites_agreementterms ADD CONSTRAINT terms_follow_agreement
    FOREIGN KEY (agreement_id, landlord_id, territory_id)
    REFERENCES sites_sharingagreement (id, landlord_id, territory_id) DEFERRABLE INITIALLY IMMEDIATE;
ALTER TABLE sites_agreementterms ENABLE ROW LEVEL SECURITY;
ALTER TABLE sites_agreementterms FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS terms_select ON sites_agreementterms;
CREATE POLICY terms_select ON sites_agreementterms FOR SELECT USING (
    landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) OR territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) OR (SELECT palier_ids('palier.admin_of')) <> '{}' OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS terms_insert ON sites_agreementterms;
CREATE POLICY terms_insert ON sites_agreementterms FOR INSERT WITH CHECK (
    landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS terms_delete ON sites_agreementterms;
CREATE POLICY terms_delete ON sites_agreementterms FOR DELETE USING (
    (SELECT palier_is_system('seeding'))
);

-- accounts_organisation: leads read who animates a territory, which is public, and who did when they signed.
DROP POLICY IF EXISTS organisation_of_council ON accounts_organisation;
CREATE POLICY organisation_of_council ON accounts_organisation FOR SELECT USING (
    (SELECT palier_ids('palier.lead_of')) <> '{}' AND (id IN (SELECT t.organisation_id FROM sites_territory t) OR id IN (SELECT s.organisation_id FROM sites_agreementterms s))
);

-- The rule of sharing. An agreement is in force while it is live and the council of its territory is the one that
-- its landlord named last.
CREATE OR REPLACE FUNCTION palier_agreements_in_force()
    RETURNS TABLE (agreement_id bigint, landlord_id bigint, territory_id bigint, communes bigint[])
    LANGUAGE sql STABLE AS $$
    SELECT a.id, a.landlord_id, a.territory_id, said.communes
    FROM sites_sharingagreement a
    JOIN sites_territory t ON t.id = a.territory_id
    CROSS JOIN LATERAL (
        SELECT s.organisation_id, s.kind, s.communes FROM sites_agreementterms s
        WHERE s.agreement_id = a.id ORDER BY s.id DESC LIMIT 1
    ) said
    WHERE said.organisation_id = t.organisation_id AND said.kind = t.kind
        AND a.starts_on <= palier_today() AND (a.ends_on IS NULL OR a.ends_on > palier_today())
$$;

-- It opens the communes that it names and that the territory has.
CREATE OR REPLACE FUNCTION palier_sharing() RETURNS TABLE (landlord_id bigint, territory_id bigint, commune_id bigint)
    LANGUAGE sql STABLE AS $$
    SELECT f.landlord_id, f.territory_id, c.commune_id
    FROM palier_agreements_in_force() f
    JOIN sites_territory_communes c ON c.territory_id = f.territory_id AND c.commune_id = ANY (f.communes)
$$;

-- This app's part of the scope: the landlords, residences, communes and territories of whoever acts.
CREATE OR REPLACE FUNCTION palier_scope_sites() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('palier.residences', coalesce(array_agg(a.residence_id), '{}')::text, true)
    FROM sites_residenceassignment a JOIN accounts_membership m ON m.id = a.membership_id
    WHERE m.user_id = palier_user() AND m.role = 'agent'
        AND m.starts_on <= palier_today() AND (m.ends_on IS NULL OR m.ends_on > palier_today());
    PERFORM set_config('palier.landlords', coalesce(array_agg(id), '{}')::text, true)
    FROM (
        SELECT unnest(palier_ids('palier.lead_of')) AS id
        UNION
        SELECT m.organisation_id FROM accounts_membership m
        WHERE m.user_id = palier_user() AND m.role = 'agent'
            AND m.starts_on <= palier_today() AND (m.ends_on IS NULL OR m.ends_on > palier_today())
            AND NOT EXISTS (SELECT 1 FROM sites_residenceassignment a WHERE a.membership_id = m.id)
    ) own;
    PERFORM set_config('palier.territories', coalesce(array_agg(id), '{}')::text, true)
    FROM sites_territory WHERE organisation_id = ANY (palier_ids('palier.coordinator_of'));
    PERFORM set_config('palier.landlord_territories', coalesce(array_agg(f.territory_id), '{}')::text, true)
    FROM palier_agreements_in_force() f WHERE f.landlord_id = ANY (palier_ids('palier.lead_of'));
    -- The names of the landlords that have not said what they share, or refused, are seen too.
    PERFORM set_config('palier.shared_organisations', coalesce(array_agg(landlord_id), '{}')::text, true)
    FROM sites_sharingagreement
    WHERE territory_id = ANY (palier_ids('palier.territories'))
        AND (ends_on IS NULL OR ends_on > palier_today());
    PERFORM set_config('palier.shared_landlords', coalesce(array_agg(landlord_id), '{}')::text, true),
        set_config('palier.shared_communes', coalesce(array_agg(commune_id), '{}')::text, true)
    FROM (
        SELECT DISTINCT s.landlord_id, s.commune_id FROM palier_sharing() s
        WHERE s.territory_id = ANY (palier_ids('palier.territories'))
    ) pairs;
END $$;
