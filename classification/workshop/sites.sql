-- The sites of an open campaign, with what is recorded and decided now, what the campaign before froze of each, and what is
-- contested: `sites`. Parameters: those of the sites of a campaign, and last (id of the last closing of the campaign before).
WITH standing AS MATERIALIZED (
    {standing}
), sites AS MATERIALIZED (
    SELECT s.residence_id, s.landlord_id, r.name, o.name AS landlord, c.name AS commune, s.level, s.retained, s.silent, s.last_day,
        coalesce(s.retained, s.level) AS shown, n.longitude, n.latitude, n.level AS level_now,
        {heard} AS shown_before, k.id AS contest_id, k.reason, k.made_at,
        (SELECT max(t.number) FROM classification_settlement t WHERE t.contest_id = k.id) AS settled
    FROM standing s
    JOIN sites_residence r ON r.id = s.residence_id
    JOIN accounts_organisation o ON o.id = s.landlord_id
    JOIN sites_commune c ON c.id = r.commune_id
    LEFT JOIN classification_sitelevel n ON n.residence_id = s.residence_id AND n.address_id IS NULL
    LEFT JOIN classification_assessment b ON b.closing_id = %(last)s AND b.residence_id = s.residence_id
    LEFT JOIN classification_contest k
        ON k.campaign_id = %(campaign)s AND k.residence_id = s.residence_id AND k.withdrawn_at IS NULL
)
