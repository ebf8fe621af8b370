-- What was withdrawn is open to the coordinators of its territory alone: the sites of a publication, and a note
-- with all it says. The row of a publication stays, without levels, and says that it was withdrawn.
DROP POLICY IF EXISTS publishedsite_select ON partners_publishedsite;
CREATE POLICY publishedsite_select ON partners_publishedsite FOR SELECT USING (
    (publication_id, shared_by_id) IN (
            SELECT p.id, a.landlord_id FROM partners_publication p
            JOIN palier_live_agreements() a ON a.territory_id = p.territory_id
            WHERE p.withdrawn_at IS NULL
                OR p.territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
        ) OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS note_select ON partners_synthesisnote;
CREATE POLICY note_select ON partners_synthesisnote FOR SELECT USING (
    (SELECT palier_is_system('jobs', 'seeding')) OR (issued_at IS NOT NULL AND withdrawn_at IS NULL AND landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[])) OR ((territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) OR (withdrawn_at IS NULL AND id IN (SELECT c.note_id FROM partners_notecopy c))) AND landlords <@ ARRAY(
                SELECT a.landlord_id FROM palier_live_agreements() a
                WHERE a.territory_id = partners_synthesisnote.territory_id))
);

-- partners_withdrawal: to whoever sees the publication, holds a copy of the note, or leads the landlord that it is
-- about. Its territory is its circle's.
ALTER TABLE partners_withdrawal DROP CONSTRAINT IF EXISTS withdrawal_follows_circle;
ALTER TABLE partners_withdrawal ADD CONSTRAINT withdrawal_follows_circle
    FOREIGN KEY (circle_id, territory_id) REFERENCES partners_circle (id, territory_id) ON UPDATE CASCADE;
ALTER TABLE partners_withdrawal ENABLE ROW LEVEL SECURITY;
ALTER TABLE partners_withdrawal FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS withdrawal_select ON partners_withdrawal;
CREATE POLICY withdrawal_select ON partners_withdrawal FOR SELECT USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) OR publication_id IN (SELECT p.id FROM partners_publication p) OR note_id IN (SELECT c.note_id FROM partners_notecopy c) OR landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS withdrawal_insert ON partners_withdrawal;
CREATE POLICY withdrawal_insert ON partners_withdrawal FOR INSERT WITH CHECK (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) OR (SELECT palier_is_system('seeding'))
);
DROP POLICY IF EXISTS withdrawal_update ON partners_withdrawal;
CREATE POLICY withdrawal_update ON partners_withdrawal FOR UPDATE USING (
    territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) OR (SELECT palier_is_system('seeding'))
);

-- partners_notice: to the person who is told, while they see the withdrawal; to the coordinators of the territory.
ALTER TABLE partners_notice ENABLE ROW LEVEL SECURITY;
ALTER TABLE partners_notice FORCE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS notice_select ON partners_notice;
CREATE POLICY notice_select ON partners_notice FOR SELECT USING (
    (user_id = (SELECT palier_user()) AND withdrawal_id IN (SELECT w.id FROM partners_withdrawal w)) OR withdrawal_id IN (SELECT w.id FROM partners_withdrawal w WHERE w.territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) OR (SELECT palier_is_system('seeding')))
);
DROP POLICY IF EXISTS notice_insert ON partners_notice;
CREATE POLICY notice_insert ON partners_notice FOR INSERT WITH CHECK (
    withdrawal_id IN (SELECT w.id FROM partners_withdrawal w WHERE w.territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) OR (SELECT palier_is_system('seeding')))
);
DROP POLICY IF EXISTS notice_update ON partners_notice;
CREATE POLICY notice_update ON partners_notice FOR UPDATE USING (
    user_id = (SELECT palier_user()) OR withdrawal_id IN (SELECT w.id FROM partners_withdrawal w WHERE w.territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]) OR (SELECT palier_is_system('seeding')))
);

-- The scope "readers" looks up who had opened what is withdrawn.
DROP POLICY IF EXISTS auditentry_select_readers ON accounts_auditentry;
CREATE POLICY auditentry_select_readers ON accounts_auditentry FOR SELECT USING (
    action::text IN ('read', 'export', 'download') AND object_type::text IN ('partners.publication', 'partners.publishedsite', 'partners.synthesisnote', 'partners.notecopy') AND (SELECT palier_is_system('readers'))
);
