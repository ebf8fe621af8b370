-- What a circle was given lasts no longer than the agreements it rests on; and a coordinator
-- may invite the people of police, justice and State organisations, and nobody else.

-- Live agreements of every territory, for the policies below. The setting holds while the
-- function reads, and no longer.
DROP POLICY IF EXISTS agreement_for_sharing ON sites_sharingagreement;
CREATE POLICY agreement_for_sharing ON sites_sharingagreement FOR SELECT USING (
    (SELECT palier_is_system('sharing'))
);
CREATE OR REPLACE FUNCTION palier_live_agreements() RETURNS TABLE (landlord_id bigint, territory_id bigint)
    LANGUAGE plpgsql STABLE AS $$
DECLARE
    before text := coalesce(current_setting('palier.system', true), '');
BEGIN
    PERFORM set_config('palier.system', 'sharing', true);
    RETURN QUERY SELECT a.landlord_id, a.territory_id FROM sites_sharingagreement a
        WHERE a.starts_on <= palier_today() AND (a.ends_on IS NULL OR a.ends_on > palier_today());
    PERFORM set_config('palier.system', before, true);
END
$$;

-- partners_circle: to a member, for as long as mandate, circle and membership live.
DROP POLICY IF EXISTS circle_select ON partners_circle;
CREATE POLICY circle_select ON partners_circle FOR SELECT USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
    OR (SELECT palier_is_system('seeding'))
    OR (
        (SELECT palier_ids('palier.partner_of')) <> '{}'
        AND starts_on <= (SELECT palier_today()) AND (ends_on IS NULL OR ends_on > (SELECT palier_today()))
        AND id IN (
            SELECT m.circle_id FROM partners_mandate m
            WHERE m.user_id = (SELECT palier_user()) AND m.starts_on <= (SELECT palier_today())
                AND (m.ends_on IS NULL OR m.ends_on > (SELECT palier_today())))
    )
);

-- partners_publishedsite: with its publication, while the landlord shares with the territory.
DROP POLICY IF EXISTS publishedsite_select ON partners_publishedsite;
CREATE POLICY publishedsite_select ON partners_publishedsite FOR SELECT USING (
    (publication_id, shared_by_id) IN (
        SELECT p.id, a.landlord_id FROM partners_publication p
        JOIN palier_live_agreements() a ON a.territory_id = p.territory_id
    )
    OR (SELECT palier_is_system('seeding'))
);

-- partners_synthesisnote: to its coordinator, and to the members who hold a copy that was not
-- revoked, while every landlord it speaks of shares with the territory. A landlord keeps the
-- issued notes about itself.
DROP POLICY IF EXISTS note_select ON partners_synthesisnote;
CREATE POLICY note_select ON partners_synthesisnote FOR SELECT USING (
    (SELECT palier_is_system('jobs', 'seeding'))
    OR (issued_at IS NOT NULL AND landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]))
    OR (
        (
            territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
            OR id IN (SELECT c.note_id FROM partners_notecopy c)
        )
        AND landlords <@ ARRAY(
            SELECT a.landlord_id FROM palier_live_agreements() a
            WHERE a.territory_id = partners_synthesisnote.territory_id)
    )
);

-- Invitations: accounts are looked up and created, memberships given, in organisations that
-- can be part of a circle and with the role of partner alone.
CREATE OR REPLACE FUNCTION palier_is_circle_kind(kind text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN kind = ANY (ARRAY['police', 'gendarmerie', 'municipal_police', 'justice', 'state']);
DROP POLICY IF EXISTS user_invite ON accounts_user;
CREATE POLICY user_invite ON accounts_user FOR SELECT USING ((SELECT palier_is_system('invitation')));
DROP POLICY IF EXISTS organisation_invite ON accounts_organisation;
CREATE POLICY organisation_invite ON accounts_organisation FOR SELECT USING (
    (SELECT palier_is_system('invitation')) AND palier_is_circle_kind(kind)
);
DROP POLICY IF EXISTS organisation_invite_insert ON accounts_organisation;
CREATE POLICY organisation_invite_insert ON accounts_organisation FOR INSERT WITH CHECK (
    (SELECT palier_is_system('invitation')) AND palier_is_circle_kind(kind)
);
DROP POLICY IF EXISTS membership_invite ON accounts_membership;
CREATE POLICY membership_invite ON accounts_membership FOR SELECT USING (
    (SELECT palier_is_system('invitation')) AND role = 'partner'
);
DROP POLICY IF EXISTS membership_invite_insert ON accounts_membership;
CREATE POLICY membership_invite_insert ON accounts_membership FOR INSERT WITH CHECK (
    (SELECT palier_is_system('invitation')) AND role = 'partner'
    AND organisation_id IN (SELECT o.id FROM accounts_organisation o WHERE palier_is_circle_kind(o.kind))
);

-- A coordinator reads where the people of the own circles come from.
DROP POLICY IF EXISTS membership_of_circle ON accounts_membership;
CREATE POLICY membership_of_circle ON accounts_membership FOR SELECT USING (
    role = 'partner' AND user_id = ANY ((SELECT palier_ids('palier.users'))::bigint[])
);
DROP POLICY IF EXISTS organisation_of_circle ON accounts_organisation;
CREATE POLICY organisation_of_circle ON accounts_organisation FOR SELECT USING (
    id = ANY ((SELECT palier_ids('palier.circle_organisations'))::bigint[])
);
