-- Follows sites.sql: the order of the day, a bounded number of rows of each part with the number of all of them. Parameters:
-- shown (rows of a part); versions, gravities, frequencies, levels, thresholds (the cells of the grids that the levels of now
-- were computed with, in rows).
, cells AS (
    SELECT * FROM unnest(%(versions)s::bigint[], %(gravities)s::int[], %(frequencies)s::int[], %(levels)s::int[],
        %(thresholds)s::int[]) AS g (version, gravity, frequency, level, threshold)
), rising AS (
    -- One more day with a fact of a type that is found already reaches a frequency whose cell is higher than the site's level.
    SELECT DISTINCT ON (s.residence_id) s.residence_id, f.fact_type_id, g.frequency, g.level
    FROM sites s
    JOIN classification_finding f ON f.residence_id = s.residence_id AND f.address_id IS NULL
    JOIN incidents_facttype k ON k.id = f.fact_type_id
    JOIN cells g ON g.version = s.grid_version_id AND g.gravity = k.gravity AND g.frequency > f.frequency
        AND g.level > s.level_now
    WHERE NOT s.silent
        AND CASE g.frequency WHEN 2 THEN f.in_regular WHEN 3 THEN f.in_daily END + 1 >= g.threshold
    ORDER BY s.residence_id, g.level DESC, g.frequency DESC, k.gravity DESC, k.code
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
    s.shown_before, s.settled, s.reason, g.fact_type_id, g.frequency, g.level AS rises_to
FROM counted c JOIN sites s USING (residence_id) LEFT JOIN rising g USING (residence_id)
WHERE c.n <= %(shown)s ORDER BY c.part, c.n
