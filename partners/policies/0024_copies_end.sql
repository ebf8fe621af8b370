-- A copy opens its note until its last day; the coordinator reads who asked for one later.
DROP POLICY IF EXISTS auditentry_select_readers ON accounts_auditentry;
CREATE POLICY auditentry_select_readers ON accounts_auditentry FOR SELECT USING (
    action::text IN ('read', 'export', 'download', 'refused') AND object_type::text IN ('partners.publication', 'partners.publishedsite', 'partners.synthesisnote', 'partners.notecopy') AND (SELECT palier_is_system('readers'))
);
DROP POLICY IF EXISTS note_select ON partners_synthesisnote;
CREATE POLICY note_select ON partners_synthesisnote FOR SELECT USING (
    (SELECT palier_is_system('jobs', 'seeding')) OR (issued_at IS NOT NULL AND withdrawn_at IS NULL AND landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[])) OR ((territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) OR (withdrawn_at IS NULL AND id IN (SELECT c.note_id FROM partners_notecopy c WHERE c.until >= (SELECT palier_today())))) AND shares <@ ARRAY(
                SELECT s.landlord_id || ':' || s.commune_id FROM palier_shared_anywhere(partners_synthesisnote.territory_id) s))
);
