-- The residences and ends of months whose level is not known by this grid, or changed since it was worked out.
-- A residence counts until it closes; one that was merged is the one that it was merged into.
SELECT d.day, r.id, r.landlord_id, r.commune_id
FROM sites_residence r CROSS JOIN unnest(%(days)s::date[]) d (day)
LEFT JOIN classification_monthlevel m
    ON m.residence_id = r.id AND m.day = d.day AND m.grid_version_id = %(grid)s AND NOT m.stale
WHERE r.id = ANY(%(ids)s::bigint[]) AND r.merged_into_id IS NULL AND (r.closed_on IS NULL OR r.closed_on > d.day)
    AND m.id IS NULL
ORDER BY d.day, r.id
