-- What was given to a circle rests on what each landlord shares with the territory: the landlord and the commune
-- of a published site, of each site of a note. The functions read the agreements of every territory; the setting
-- holds while they read, and no longer, so they are volatile.
DROP POLICY IF EXISTS territory_for_sharing ON sites_territory;
CREATE POLICY territory_for_sharing ON sites_territory FOR SELECT USING (
    (SELECT palier_is_system('sharing'))
);
DROP POLICY IF EXISTS terms_for_sharing ON sites_agreementterms;
CREATE POLICY terms_for_sharing ON sites_agreementterms FOR SELECT USING (
    (SELECT palier_is_system('sharing'))
);
CREATE OR REPLACE FUNCTION palier_shared_anywhere(territory bigint DEFAULT NULL)
    RETURNS TABLE (landlord_id bigint, territory_id bigint, commune_id bigint)
    LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    before text := coalesce(current_setting('palier.system', true), '');
BEGIN
    PERFORM set_config('palier.system', 'sharing', true);
    RETURN QUERY SELECT s.landlord_id, s.territory_id, s.commune_id FROM palier_sharing() s
        WHERE territory IS NULL OR s.territory_id = territory;
    PERFORM set_config('palier.system', before, true);
END
$$;

DROP POLICY IF EXISTS publishedsite_select ON partners_publishedsite;
CREATE POLICY publishedsite_select ON partners_publishedsite FOR SELECT USING (
    (publication_id, shared_by_id, shared_in_id) IN (
            SELECT p.id, s.landlord_id, s.commune_id FROM partners_publication p
            JOIN palier_shared_anywhere() s ON s.territory_id = p.territory_id
            WHERE p.withdrawn_at IS NULL
                OR p.territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
        ) OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS note_select ON partners_synthesisnote;
CREATE POLICY note_select ON partners_synthesisnote FOR SELECT USING (
    (SELECT palier_is_system('jobs', 'seeding')) OR (issued_at IS NOT NULL AND withdrawn_at IS NULL AND landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[])) OR ((territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) OR (withdrawn_at IS NULL AND id IN (SELECT c.note_id FROM partners_notecopy c))) AND shares <@ ARRAY(
                SELECT s.landlord_id || ':' || s.commune_id FROM palier_shared_anywhere(partners_synthesisnote.territory_id) s))
);
DROP FUNCTION IF EXISTS palier_live_agreements();
