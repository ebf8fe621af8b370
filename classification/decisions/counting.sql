-- The decision that counts for the level of each residence at as_of: the last one about that very level that had not ended
-- by then, made up to `within` days after it. One that was withdrawn counts for nothing, nor does one made after that day
-- that it had replaced. The rows of levels have residence_id, level and silent.
SELECT DISTINCT ON (d.residence_id) d.*
FROM classification_decision d
JOIN ({levels}) l ON l.residence_id = d.residence_id AND l.level = d.proposed AND l.silent = d.silent
WHERE (d.ended_on IS NULL OR d.ended_on > %(as_of)s::date) AND d.as_of <= %(as_of)s::date + %(within)s
    AND d.ending <> 'withdrawn'
    AND (d.as_of <= %(as_of)s::date OR NOT EXISTS (
        SELECT 1 FROM classification_decision w
        WHERE w.residence_id = d.residence_id AND w.ending = 'withdrawn'
            AND w.proposed = d.proposed AND w.silent = d.silent
            AND w.ended_on > %(as_of)s::date AND w.as_of <= %(as_of)s::date + %(within)s
            AND (w.decided_at, w.id) > (d.decided_at, d.id)))
ORDER BY d.residence_id, d.decided_at DESC, d.id DESC
