-- Table 1 beside table 2, for every place that is open, with or without records. Follows `facts`: the level
-- that the findings of engine.sql give each place.
, impacts AS (
    SELECT residence_id, coalesce(address_id, 0) AS address_id, max(level) AS level
    FROM ({disruptions}) d
    GROUP BY GROUPING SETS ((residence_id, address_id), (residence_id))
    HAVING GROUPING(address_id) = 1 OR address_id IS NOT NULL
), places AS (
    SELECT id AS residence_id, 0::bigint AS address_id, landlord_id, commune_id, longitude, latitude
    FROM sites_residence LEFT JOIN (
        SELECT residence_id AS id, avg(longitude) AS longitude, avg(latitude) AS latitude
        FROM sites_address WHERE (closed_on IS NULL OR closed_on > %(closed_by)s::date) {scope}
        GROUP BY residence_id) middles USING (id)
    WHERE (closed_on IS NULL OR closed_on > %(closed_by)s::date) {residence_scope}
    UNION ALL
    SELECT residence_id, id, landlord_id, commune_id, longitude, latitude
    FROM sites_address WHERE (closed_on IS NULL OR closed_on > %(closed_by)s::date) {scope} {open_residence}
), levels AS (
    SELECT p.landlord_id, p.commune_id, residence_id, nullif(address_id, 0) AS address_id,
        greatest(1, f.level, i.level) AS level, coalesce(f.level, 1) AS facts_level,
        coalesce(i.level, 1) AS impact_level, f.last_day, coalesce(f.observed, false) AS observed,
        p.longitude, p.latitude
    FROM places p
    LEFT JOIN facts f USING (residence_id, address_id)
    LEFT JOIN impacts i USING (residence_id, address_id)
)
