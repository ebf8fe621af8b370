-- Settles the staged rows, in steps separated by ---- lines. Under the policies of
-- whoever imports: only places they see can be found. A row with a reason is settled.

-- 1. Rows whose source gives no identifier are known by their content, and by how often the
--    same content came before in the file: the same file gives the same identifiers again.
UPDATE import_staging s SET external_id = '~' || n.content || ':' || n.nth
FROM (
    SELECT line, content, row_number() OVER (PARTITION BY content ORDER BY line) AS nth
    FROM import_staging WHERE reason IS NULL AND external_id = ''
) n
WHERE n.line = s.line
----
-- 2. One row for each identifier; of several, one that has a point.
UPDATE import_staging s SET reason = 'duplicate_in_file'
FROM (
    SELECT line, row_number() OVER (PARTITION BY external_id ORDER BY longitude IS NULL, line) AS nth
    FROM import_staging WHERE reason IS NULL
) n
WHERE n.line = s.line AND n.nth > 1
----
UPDATE import_staging s SET reason = 'already_recorded'
WHERE s.reason IS NULL AND EXISTS (
    SELECT 1 FROM incidents_incident i
    WHERE i.external_source = %(source)s AND i.external_id = s.external_id
        AND (%(landlord)s::bigint IS NULL OR i.landlord_id = %(landlord)s)
)
----
-- 3. By the residence's reference, where only one visible residence has it.
UPDATE import_staging s
SET residence_id = r.id, landlord_id = r.landlord_id, commune_id = r.commune_id, matched = 'by_reference'
FROM (
    SELECT reference, min(id) AS id, min(landlord_id) AS landlord_id, min(commune_id) AS commune_id
    FROM sites_residence
    WHERE %(landlord)s::bigint IS NULL OR landlord_id = %(landlord)s
    GROUP BY reference HAVING count(*) = 1
) r
WHERE s.reason IS NULL AND s.reference <> '' AND r.reference = s.reference
----
-- 4. By the address: as a residence's own address is written, for rows whose reference named
--    the residence; by the door, within that residence or else within the postcode. Each
--    address's key is taken apart into streets and ranges of numbers ("16-20,24 RUE MEUNIERS /
--    9B RUE LEMAN"); a range covers its own side of the street.
UPDATE import_staging s SET address_id = a.id
FROM (
    SELECT residence_id, match_key, min(id) AS id FROM sites_address
    WHERE residence_id IN (SELECT residence_id FROM import_staging WHERE residence_id IS NOT NULL)
    GROUP BY residence_id, match_key
) a
WHERE s.reason IS NULL AND s.key <> '' AND a.residence_id = s.residence_id AND a.match_key = s.key
----
WITH communes AS (
    SELECT p.postcode, c.id AS commune_id
    FROM sites_commune c, jsonb_array_elements_text(c.postcodes) AS p (postcode)
    WHERE p.postcode IN (SELECT postcode FROM import_staging WHERE reason IS NULL AND door IS NOT NULL)
),
parts AS (
    SELECT a.id, a.residence_id, a.landlord_id, a.commune_id, a.longitude, a.latitude,
        split_part(part, ' ', 1) AS numbers, substr(part, strpos(part, ' ') + 1) AS street
    FROM sites_address a, unnest(string_to_array(a.match_key, ' / ')) AS part
    WHERE (
            a.commune_id IN (SELECT commune_id FROM communes)
            OR a.residence_id IN (SELECT residence_id FROM import_staging WHERE residence_id IS NOT NULL)
        )
        AND (%(landlord)s::bigint IS NULL OR a.landlord_id = %(landlord)s)
        AND part ~ '^\d+[A-Z]?[-, ]'
),
doors AS (
    SELECT p.*, substring(item FROM '^\d+')::integer AS low, substring(item FROM '^\d+([A-Z]?)') AS low_suffix,
        substring(item FROM '(\d+)[A-Z]?$')::integer AS high, substring(item FROM '\d+([A-Z]?)$') AS high_suffix
    FROM parts p, unnest(string_to_array(p.numbers, ',')) AS item
    WHERE item ~ '^\d+[A-Z]?(-\d+[A-Z]?)?$'
),
pairs AS (
    SELECT s.line, s.door, s.suffix, s.longitude AS from_lon, s.latitude AS from_lat, d.*
    FROM import_staging s JOIN doors d ON d.residence_id = s.residence_id AND d.street = s.street
    WHERE s.reason IS NULL AND s.address_id IS NULL
    UNION ALL
    SELECT s.line, s.door, s.suffix, s.longitude, s.latitude, d.*
    FROM import_staging s
    JOIN communes c ON c.postcode = s.postcode
    JOIN doors d ON d.commune_id = c.commune_id AND d.street = s.street
    WHERE s.reason IS NULL AND s.residence_id IS NULL
),
found AS (
    SELECT DISTINCT ON (line) line, id, residence_id, landlord_id, commune_id
    FROM pairs
    WHERE door BETWEEN low AND high
        AND (low %% 2 <> high %% 2 OR door %% 2 = low %% 2)
        AND (door > low OR suffix >= low_suffix)
        AND (door < high OR suffix <= high_suffix)
    ORDER BY line, earth_distance(ll_to_earth(from_lat, from_lon), ll_to_earth(latitude, longitude)), id
)
UPDATE import_staging s
SET address_id = f.id, residence_id = f.residence_id, landlord_id = f.landlord_id, commune_id = f.commune_id,
    matched = coalesce(s.matched, 'by_address')
FROM found f WHERE f.line = s.line
----
-- A residence found by its reference that has one address: the fact is there, unless the row
-- names another. What it names and nobody knows stays with the residence, and is said.
UPDATE import_staging s SET address_id = a.id
FROM (
    SELECT residence_id, min(id) AS id FROM sites_address
    WHERE residence_id IN (SELECT residence_id FROM import_staging WHERE residence_id IS NOT NULL)
    GROUP BY residence_id HAVING count(*) = 1
) a
WHERE s.reason IS NULL AND s.address_id IS NULL AND s.key = '' AND a.residence_id = s.residence_id
----
UPDATE import_staging SET remarks = ltrim(remarks || ' unknown_address')
WHERE reason IS NULL AND residence_id IS NOT NULL AND address_id IS NULL AND key <> ''
----
-- 5. By distance, in metres on the sphere. A grid of cells as wide as the radius makes it a
--    join by equality: under row-level security a planner may not use an index by an
--    operator that is not leakproof, and earthdistance's are not.
WITH points AS (
    SELECT DISTINCT longitude, latitude,
        floor(longitude / %(cell_lon)s)::integer AS x, floor(latitude / %(cell_lat)s)::integer AS y
    FROM import_staging WHERE reason IS NULL AND residence_id IS NULL AND longitude IS NOT NULL
),
addresses AS (
    SELECT id, residence_id, landlord_id, commune_id, longitude, latitude,
        floor(longitude / %(cell_lon)s)::integer AS x, floor(latitude / %(cell_lat)s)::integer AS y
    FROM sites_address
    WHERE longitude BETWEEN %(west)s AND %(east)s AND latitude BETWEEN %(south)s AND %(north)s
        AND (%(landlord)s::bigint IS NULL OR landlord_id = %(landlord)s)
),
near AS (
    SELECT p.longitude, p.latitude, a.id, a.residence_id, a.landlord_id, a.commune_id,
        earth_distance(ll_to_earth(p.latitude, p.longitude), ll_to_earth(a.latitude, a.longitude)) AS metres
    FROM points p
    CROSS JOIN generate_series(-1, 1) AS dx
    CROSS JOIN generate_series(-1, 1) AS dy
    JOIN addresses a ON a.x = p.x + dx AND a.y = p.y + dy
),
nearest AS (
    SELECT DISTINCT ON (longitude, latitude) * FROM near
    WHERE metres <= %(radius)s ORDER BY longitude, latitude, metres, id
)
UPDATE import_staging s
SET address_id = n.id, residence_id = n.residence_id, landlord_id = n.landlord_id, commune_id = n.commune_id,
    matched = 'by_distance'
FROM nearest n
WHERE s.reason IS NULL AND s.residence_id IS NULL AND n.longitude = s.longitude AND n.latitude = s.latitude
----
-- 6. What found no place.
UPDATE import_staging SET reason = CASE WHEN longitude IS NULL THEN 'no_place' ELSE 'nothing_near' END
WHERE reason IS NULL AND residence_id IS NULL
