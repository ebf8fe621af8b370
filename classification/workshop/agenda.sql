-- Follows sites.sql: the order of the day, a bounded number of rows of each part with the number of all of them. Parameters:
-- shown (rows of a part).
, rising AS (
    -- What the night found about to rise (classification/foresight/tipping.py), and has not risen since.
    SELECT DISTINCT ON (s.residence_id) s.residence_id, g.id AS signal_id, (g.figures ->> 'level_after')::int AS level
    FROM sites s JOIN classification_signal g ON g.residence_id = s.residence_id AND g.kind = 'tip'
    WHERE NOT s.silent AND (g.figures ->> 'level_after')::int > s.level_now
    ORDER BY s.residence_id, level DESC, g.id
), parts AS (
    SELECT 1 AS part, residence_id, (settled IS NULL)::int AS first, made_at::text AS then FROM sites WHERE contest_id IS NOT NULL
    UNION ALL
    SELECT 2, residence_id, shown - shown_before, '' FROM sites WHERE shown > shown_before
    UNION ALL
    SELECT 3, residence_id, shown, '' FROM sites WHERE silent
    UNION ALL
    SELECT 4, residence_id, level, '' FROM rising
    UNION ALL
    SELECT 5, residence_id, shown, '' FROM sites WHERE retained IS NULL
), counted AS (
    SELECT p.part, p.residence_id, count(*) OVER (PARTITION BY p.part) AS total,
        row_number() OVER (PARTITION BY p.part ORDER BY p.first DESC, p.then, s.shown DESC, s.name, s.residence_id) AS n
    FROM parts p JOIN sites s USING (residence_id)
)
SELECT c.part, c.total, s.residence_id, s.name, s.landlord, s.commune, s.level, s.retained, s.silent, s.shown,
    s.shown_before, s.settled, s.reason, g.signal_id
FROM counted c JOIN sites s USING (residence_id) LEFT JOIN rising g USING (residence_id)
WHERE c.n <= %(shown)s ORDER BY c.part, c.n
