-- Finds the places of the staged rows, in steps separated by ---- lines. Under the policies of
-- whoever imports: only places they see can be found. A row with a reason is settled. The key * says that the
-- residence as a whole is meant. The addresses looked in are those that are open, under every text and identifier by which they
-- are known: a merged address gives its own to the one that it is.

-- 1. By the residence's reference or another one kept for it, where only one visible residence has it: this
--    statement alone says which residence a reference names.
UPDATE import_staging s
SET residence_id = r.id, landlord_id = r.landlord_id, commune_id = r.commune_id, matched = 'by_reference'
FROM (
    SELECT reference, min(id) AS id, min(landlord_id) AS landlord_id, min(commune_id) AS commune_id
    FROM (
        SELECT reference, id, landlord_id, commune_id FROM sites_residence WHERE closed_on IS NULL
        UNION
        SELECT reference, residence_id, landlord_id, commune_id FROM sites_residencealias
        WHERE residence_id IN (SELECT id FROM sites_residence WHERE closed_on IS NULL)
    ) AS names
    WHERE %(landlord)s::bigint IS NULL OR landlord_id = %(landlord)s
    GROUP BY reference HAVING count(*) = 1
) r
WHERE s.reason IS NULL AND s.reference <> '' AND r.reference = s.reference
----
--    A reference that only closed residences have, or an address that is written so and is closed: nothing is recorded
--    there, and nothing else is looked for.
UPDATE import_staging s
SET reason = 'closed_place', residence_id = NULL, landlord_id = NULL, commune_id = NULL, matched = NULL
WHERE s.reason IS NULL AND (
    s.residence_id IS NULL AND s.reference <> '' AND EXISTS (
        SELECT 1 FROM sites_residence r WHERE r.reference = s.reference AND r.closed_on IS NOT NULL AND r.merged_into_id IS NULL
            AND (%(landlord)s::bigint IS NULL OR r.landlord_id = %(landlord)s)
    )
    OR s.key NOT IN ('', '*') AND EXISTS (
        SELECT 1 FROM sites_address a JOIN sites_residence r ON r.id = a.residence_id
        WHERE a.match_key = s.key AND a.merged_into_id IS NULL AND (a.closed_on IS NOT NULL OR r.closed_on IS NOT NULL)
            AND (%(landlord)s::bigint IS NULL OR a.landlord_id = %(landlord)s)
            AND CASE WHEN s.residence_id IS NULL
                THEN a.commune_id IN (SELECT c.commune_id FROM import_communes c WHERE c.within = s.within)
                ELSE a.residence_id = s.residence_id
            END
    ) AND NOT EXISTS (
        SELECT 1 FROM {addresses} a WHERE a.match_key = s.key
            AND (a.residence_id = s.residence_id OR a.commune_id IN (
                SELECT c.commune_id FROM import_communes c WHERE c.within = s.within
            ))
    )
)
----
--    By the national identifier of the building (RNB), else of the address (BAN): it says the residence, and the
--    address where one alone has it and the row names no other. Where it contradicts the reference, or several
--    residences have it, a person decides.
WITH by_building AS (
    SELECT s.line, a.* FROM import_staging s JOIN {addresses} a ON a.rnb_id = s.rnb_id
    WHERE s.reason IS NULL AND s.rnb_id <> '' AND (%(landlord)s::bigint IS NULL OR a.landlord_id = %(landlord)s)
),
by_key AS (
    SELECT s.line, a.* FROM import_staging s JOIN {addresses} a ON a.ban_key = s.ban_key
    WHERE s.reason IS NULL AND s.ban_key <> '' AND (%(landlord)s::bigint IS NULL OR a.landlord_id = %(landlord)s)
        AND NOT EXISTS (SELECT 1 FROM by_building b WHERE b.line = s.line)
),
found AS (
    SELECT line, min(residence_id) AS residence_id, min(landlord_id) AS landlord_id, min(commune_id) AS commune_id,
        count(DISTINCT residence_id) AS residences, array_agg(residence_id) AS all_residences,
        (array_agg(id ORDER BY id))[1:5] AS candidates, CASE WHEN count(DISTINCT id) = 1 THEN min(id) END AS only,
        bool_or(by_number) AS by_number,
        min(coalesce(substring(match_key FROM '# (.*)$'), '')) AS unit
    FROM (SELECT *, false AS by_number FROM by_building UNION ALL SELECT *, true FROM by_key) either GROUP BY line
),
settled AS (
    SELECT f.*, CASE
        WHEN s.residence_id IS NULL THEN f.residences > 1
        ELSE s.residence_id <> ALL (f.all_residences)
    END AS doubtful
    FROM found f JOIN import_staging s ON s.line = f.line
    -- The reference says which of the residences that share the identifier.
    WHERE s.residence_id IS NULL OR f.residences = 1 OR s.residence_id <> ALL (f.all_residences)
)
UPDATE import_staging s SET
    reason = CASE WHEN f.doubtful THEN 'several_places' END,
    candidates = CASE WHEN f.doubtful THEN f.candidates END,
    residence_id = CASE WHEN NOT f.doubtful THEN f.residence_id END,
    landlord_id = CASE WHEN NOT f.doubtful THEN f.landlord_id END,
    commune_id = CASE WHEN NOT f.doubtful THEN f.commune_id END,
    matched = CASE WHEN NOT f.doubtful THEN coalesce(s.matched, 'by_address') END,
    address_id = CASE
        WHEN NOT f.doubtful AND s.key <> '*' AND CASE WHEN f.by_number THEN s.unit = f.unit ELSE s.key = '' END THEN f.only
    END
FROM settled f WHERE f.line = s.line
----
-- 2. By the address: as a residence's own address is written, for rows whose reference named
--    the residence; else by its parts, within that residence or else within the communes that the row names. A key
--    is taken apart into streets, ranges of numbers and the unit ("16-20,24 RUE MEUNIERS /
--    9BIS RUE LEMAN # BAT A ESC 2"): "16-20" is one side of the street, "16:21" both.
UPDATE import_staging s SET address_id = a.id
FROM (
    SELECT residence_id, match_key, min(id) AS id FROM {addresses} known
    WHERE residence_id IN (SELECT residence_id FROM import_staging WHERE residence_id IS NOT NULL)
    GROUP BY residence_id, match_key
) a
WHERE s.reason IS NULL AND s.address_id IS NULL AND s.key <> '' AND a.residence_id = s.residence_id
    AND a.match_key = s.key
----
WITH communes AS (
    SELECT DISTINCT within, commune_id FROM import_communes WHERE commune_id IS NOT NULL
),
addresses AS (
    SELECT id, residence_id, landlord_id, commune_id, longitude, latitude, match_key,
        split_part(match_key, ' # ', 1) AS doors, coalesce(substring(match_key FROM '# (.*)$'), '') AS unit,
        coalesce(substring(match_key FROM '# ((?:(?:BAT|TOUR|IMM|BLOC|PLOT) \S+ ?)+)'), '') AS building
    FROM {addresses} a
    WHERE (
            commune_id IN (SELECT commune_id FROM communes)
            OR residence_id IN (SELECT residence_id FROM import_staging WHERE residence_id IS NOT NULL)
        )
        AND (%(landlord)s::bigint IS NULL OR landlord_id = %(landlord)s)
),
parts AS (
    SELECT a.*, split_part(part, ' ', 1) AS numbers, substr(part, strpos(part, ' ') + 1) AS street
    FROM addresses a, unnest(string_to_array(a.doors, ' / ')) AS part
    WHERE part ~ '^\d+[A-Z]*[-:?, ]'
),
doors AS (
    SELECT p.*, item ~ ':' AS both_sides,
        substring(item FROM '^\d+')::integer AS low, substring(item FROM '^\d+([A-Z]*)') AS low_suffix,
        substring(item FROM '(\d+)[A-Z]*$')::integer AS high, substring(item FROM '\d+([A-Z]*)$') AS high_suffix
    FROM parts p, unnest(string_to_array(p.numbers, ',')) AS item
    WHERE item ~ '^\d+[A-Z]*([-:]\d+[A-Z]*)?$'
),
rows AS (
    SELECT line, key, street, door, suffix, unit, residence_id, within, longitude AS from_lon, latitude AS from_lat,
        CASE WHEN suffix IN ('BIS', 'TER', 'QUATER') THEN left(suffix, 1) ELSE suffix END AS letter,
        coalesce(substring(unit FROM '^((?:(?:BAT|TOUR|IMM|BLOC|PLOT) \S+ ?)+)'), '') AS in_building
    FROM import_staging WHERE reason IS NULL AND address_id IS NULL AND key <> ''
),
-- Each row with every address at its street: those of its residence, else those of the communes it names.
streets AS (
    SELECT r.line, r.door, r.suffix, r.letter, r.unit AS named, r.in_building, r.from_lon, r.from_lat, d.*
    FROM rows r JOIN doors d ON d.residence_id = r.residence_id AND d.street = r.street
    WHERE r.door IS NOT NULL
    UNION ALL
    SELECT r.line, r.door, r.suffix, r.letter, r.unit, r.in_building, r.from_lon, r.from_lat, d.*
    FROM rows r
    JOIN communes c ON c.within = r.within
    JOIN doors d ON d.commune_id = c.commune_id AND d.street = r.street
    WHERE r.door IS NOT NULL AND r.residence_id IS NULL
),
pairs AS (
    -- At a door. "12 B" is 12 B; 12 bis is another, which is suggested, as "18 bis" is for 16-20.
    SELECT line, named, unit, in_building, building, from_lon, from_lat, longitude, latitude, id, residence_id,
        landlord_id, commune_id,
        CASE
            WHEN door = low AND suffix = low_suffix OR door = high AND suffix = high_suffix THEN 0
            WHEN low < high AND suffix = '' OR low = high AND letter NOT IN (low_letter, high_letter) THEN 0
            ELSE 10
        END AS unlike
    FROM streets CROSS JOIN LATERAL (
        SELECT CASE WHEN low_suffix IN ('BIS', 'TER', 'QUATER') THEN left(low_suffix, 1) ELSE low_suffix END AS low_letter,
            CASE WHEN high_suffix IN ('BIS', 'TER', 'QUATER') THEN left(high_suffix, 1) ELSE high_suffix END AS high_letter
    ) AS letters
    WHERE door BETWEEN low AND high AND (both_sides OR door %% 2 = low %% 2)
        AND (door > low OR letter >= low_letter) AND (door < high OR letter <= high_letter)
    UNION ALL
    -- As a whole, where it names no single door: a range, a lot, an estate.
    SELECT r.line, '', '', '', '', r.from_lon, r.from_lat, a.longitude, a.latitude, a.id, a.residence_id, a.landlord_id,
        a.commune_id, 0
    FROM rows r
    JOIN communes c ON c.within = r.within
    JOIN addresses a ON a.commune_id = c.commune_id AND a.match_key = r.key
    WHERE r.door IS NULL AND r.residence_id IS NULL AND r.key NOT LIKE '# %%'
    UNION ALL
    -- By the building alone, in the residence that the reference names.
    SELECT r.line, r.unit, a.unit, r.in_building, a.building, r.from_lon, r.from_lat, a.longitude, a.latitude, a.id,
        a.residence_id, a.landlord_id, a.commune_id, 0
    FROM rows r JOIN addresses a ON a.residence_id = r.residence_id
    WHERE r.key LIKE '# %%' AND a.unit <> ''
),
-- How well a unit fits: the same; the building of the entrance named; one that does not contradict what is named
-- (an entrance of the building named, a whole number, any where none is named); another.
fitting AS (
    SELECT *, CASE
        WHEN named = unit AND named <> '' THEN 0
        WHEN unit <> '' AND starts_with(named, unit || ' ') THEN 1
        WHEN (in_building = '' OR building = '' OR trim(in_building) = trim(building)) AND (
            named = in_building OR unit = building OR substr(named, length(in_building) + 1) = substr(unit, length(building) + 1)
        ) THEN 2
        ELSE 9
    END AS score
    FROM pairs
),
-- Those with the number as it is written, else those with one that is alike.
at_door AS (
    SELECT *, min(unlike) OVER of_line AS least,
        min(score + unlike) OVER of_line AS best,
        earth_distance(ll_to_earth(from_lat, from_lon), ll_to_earth(latitude, longitude)) AS metres
    FROM fitting WINDOW of_line AS (PARTITION BY line)
),
-- A place of its own is the same unit, its building, or the whole number, where nothing else there is possible. What
-- is less certain is the residence's where all that is known at the number is one residence's.
found AS (
    SELECT line, min(best) AS best, count(DISTINCT id) FILTER (WHERE fits) AS addresses,
        count(DISTINCT residence_id) FILTER (WHERE fits OR best %% 10 > 1) AS residences,
        bool_or(fits AND (score < 2 OR unit = '')) AS is_within,
        count(metres) > 0 AND %(nearest_decides)s::boolean AS nearest,
        (array_agg(id ORDER BY fits DESC, metres, id))[1:5] AS candidates,
        (array_agg(id ORDER BY fits DESC, metres, id))[1] AS id,
        (array_agg(residence_id ORDER BY fits DESC, metres, id))[1] AS residence_id,
        (array_agg(landlord_id ORDER BY fits DESC, metres, id))[1] AS landlord_id,
        (array_agg(commune_id ORDER BY fits DESC, metres, id))[1] AS commune_id
    FROM (SELECT *, score + unlike = best AS fits FROM at_door WHERE unlike = least) a GROUP BY line
),
settled AS (
    SELECT f.*, CASE
        WHEN best %% 10 = 9 THEN 'unknown_unit'
        WHEN best >= 10 THEN 'alike_only'
        WHEN s.doubt <> '' THEN s.doubt
        WHEN residences > 1 AND NOT nearest THEN 'several_places'
    END AS refused
    FROM found f JOIN import_staging s USING (line)
)
UPDATE import_staging s SET
    address_id = CASE
        WHEN f.refused IS NULL AND (f.addresses = 1 AND f.is_within OR f.residences > 1) THEN f.id
    END,
    residence_id = CASE WHEN f.refused IS NULL THEN f.residence_id END,
    landlord_id = CASE WHEN f.refused IS NULL THEN f.landlord_id END,
    commune_id = CASE WHEN f.refused IS NULL THEN f.commune_id END,
    matched = CASE
        -- Of several residences at the door the one nearest to the point.
        WHEN f.refused IS NULL AND f.residences > 1 THEN 'by_distance'
        WHEN f.refused IS NULL THEN coalesce(s.matched, 'by_address')
    END,
    remarks = CASE
        WHEN f.refused IS NULL AND f.residences = 1 AND NOT (f.addresses = 1 AND f.is_within) THEN ltrim(s.remarks || ' whole_residence')
        ELSE s.remarks
    END,
    reason = f.refused,
    candidates = CASE WHEN f.refused IS NOT NULL THEN f.candidates END
FROM settled f
-- A residence named by its reference keeps a fact whose building is not known.
WHERE f.line = s.line AND (f.refused IS NULL OR s.residence_id IS NULL)
    -- A number that is only alike yields to the nearest point where the source says that this decides.
    AND NOT (f.nearest AND f.refused IS NOT DISTINCT FROM 'alike_only')
----
-- Several numbers, or one that cannot be told, and no address written so: a person chooses among the doors meant.
WITH rows AS (
    SELECT s.line, s.meant_street, s.meant_low, s.meant_high, c.commune_id
    FROM import_staging s JOIN import_communes c ON c.within = s.within
    WHERE s.reason IS NULL AND s.residence_id IS NULL AND s.meant_street <> '' AND c.commune_id IS NOT NULL
        AND NOT %(nearest_decides)s::boolean
),
parts AS (
    SELECT a.id, a.commune_id, split_part(part, ' ', 1) AS numbers, substr(part, strpos(part, ' ') + 1) AS street
    FROM {addresses} a, unnest(string_to_array(split_part(a.match_key, ' # ', 1), ' / ')) AS part
    WHERE a.commune_id IN (SELECT commune_id FROM rows) AND part ~ '^\d+[A-Z]*[-:?, ]'
        AND (%(landlord)s::bigint IS NULL OR a.landlord_id = %(landlord)s)
),
doors AS (
    SELECT p.*, substring(item FROM '^\d+')::integer AS low, substring(item FROM '(\d+)[A-Z]*$')::integer AS high
    FROM parts p, unnest(string_to_array(p.numbers, ',')) AS item
    WHERE item ~ '^\d+[A-Z]*([-:]\d+[A-Z]*)?$'
),
meant AS (
    SELECT line, (array_agg(DISTINCT d.id))[1:5] AS candidates
    FROM rows r JOIN doors d ON d.commune_id = r.commune_id AND d.street = r.meant_street
        AND d.low <= r.meant_high AND d.high >= r.meant_low
    GROUP BY line
)
UPDATE import_staging s SET reason = 'unclear_number', candidates = m.candidates FROM meant m WHERE m.line = s.line
----
-- The reference of one residence, and an address of which only others of its landlord have the number: a person
-- decides, as where an identifier contradicts the reference. Addresses of both are suggested.
WITH rows AS (
    SELECT line, key, street, door, suffix, residence_id, landlord_id, commune_id, within
    FROM import_staging
    WHERE reason IS NULL AND matched = 'by_reference' AND address_id IS NULL AND key NOT IN ('', '*') AND key NOT LIKE '# %%'
        AND remarks !~ '\mwhole_residence\M'
),
lying AS (
    SELECT r.*, c.commune_id AS there FROM rows r JOIN import_communes c ON c.within = r.within
    WHERE c.commune_id IS NOT NULL
    UNION ALL
    SELECT r.*, r.commune_id FROM rows r WHERE r.within = ''
),
parts AS MATERIALIZED (
    SELECT a.id, a.residence_id, a.landlord_id, a.commune_id, a.match_key,
        split_part(part, ' ', 1) AS numbers, substr(part, strpos(part, ' ') + 1) AS street
    FROM {addresses} a, unnest(string_to_array(split_part(a.match_key, ' # ', 1), ' / ')) AS part
    WHERE a.commune_id IN (SELECT there FROM lying) AND part ~ '^\d+[A-Z]*[-:?, ]'
        AND a.landlord_id IN (SELECT landlord_id FROM rows)
),
doors AS (
    SELECT p.*, item ~ ':' AS both_sides,
        substring(item FROM '^\d+')::integer AS low, substring(item FROM '^\d+([A-Z]*)') AS low_suffix,
        substring(item FROM '(\d+)[A-Z]*$')::integer AS high
    FROM parts p, unnest(string_to_array(p.numbers, ',')) AS item
    WHERE item ~ '^\d+[A-Z]*([-:]\d+[A-Z]*)?$'
),
-- "12 bis" of another residence contradicts the reference where the row says 12 bis; any 12 of its own agrees with it.
holders AS (
    SELECT l.line, d.id, d.residence_id = l.residence_id AS own,
        CASE WHEN d.low = d.high THEN l.suffix = d.low_suffix ELSE l.suffix = '' END AS same
    FROM lying l JOIN doors d ON d.commune_id = l.there AND d.landlord_id = l.landlord_id AND d.street = l.street
        AND l.door BETWEEN d.low AND d.high AND (d.both_sides OR l.door %% 2 = d.low %% 2)
    UNION ALL
    SELECT l.line, p.id, p.residence_id = l.residence_id, true
    FROM lying l JOIN parts p ON p.commune_id = l.there AND p.landlord_id = l.landlord_id AND p.match_key = l.key
    WHERE l.door IS NULL
),
contradicted AS (
    SELECT line, (array_agg(DISTINCT id) FILTER (WHERE same))[1:3] AS theirs FROM holders
    GROUP BY line HAVING bool_or(same) AND NOT bool_or(own)
)
UPDATE import_staging s SET
    reason = 'several_places',
    candidates = c.theirs || ARRAY(
        SELECT a.id FROM {addresses} a WHERE a.residence_id = s.residence_id ORDER BY a.id LIMIT 2
    ),
    residence_id = NULL, landlord_id = NULL, commune_id = NULL, matched = NULL
FROM contradicted c WHERE c.line = s.line
----
-- A residence found by its reference that has one address: the fact is there, unless the row
-- names another. What it names and nobody knows stays with the residence, and is said.
UPDATE import_staging s SET address_id = a.id
FROM (
    SELECT residence_id, min(id) AS id FROM {addresses} known
    WHERE residence_id IN (SELECT residence_id FROM import_staging WHERE residence_id IS NOT NULL)
    GROUP BY residence_id HAVING count(DISTINCT id) = 1
) a
WHERE s.reason IS NULL AND s.address_id IS NULL AND s.key = '' AND a.residence_id = s.residence_id
----
UPDATE import_staging SET remarks = ltrim(remarks || ' unknown_address')
WHERE reason IS NULL AND residence_id IS NOT NULL AND address_id IS NULL AND key NOT IN ('', '*')
    AND remarks !~ '\mwhole_residence\M'
----
-- 3. By distance, in metres on the sphere. A grid of cells as wide as the radius makes it a
--    join by equality: under row-level security a planner may not use an index by an
--    operator that is not leakproof, and earthdistance's are not.
--    The sets are materialised, for the planner would measure pairs of one column of cells.
WITH points AS (
    SELECT DISTINCT longitude, latitude,
        floor(longitude / %(cell_lon)s)::integer AS x, floor(latitude / %(cell_lat)s)::integer AS y
    FROM import_staging WHERE reason IS NULL AND residence_id IS NULL AND longitude IS NOT NULL
),
-- Each address in its cell and the eight around it.
addresses AS MATERIALIZED (
    SELECT id, longitude, latitude,
        floor(longitude / %(cell_lon)s)::integer + dx AS x, floor(latitude / %(cell_lat)s)::integer + dy AS y
    FROM {addresses} known CROSS JOIN generate_series(-1, 1) AS dx CROSS JOIN generate_series(-1, 1) AS dy
    WHERE longitude BETWEEN %(west)s AND %(east)s AND latitude BETWEEN %(south)s AND %(north)s
        AND (%(landlord)s::bigint IS NULL OR landlord_id = %(landlord)s)
),
pairs AS MATERIALIZED (
    SELECT p.longitude, p.latitude, a.id, a.longitude AS there_lon, a.latitude AS there_lat
    FROM points p JOIN addresses a USING (x, y)
),
near AS (
    SELECT longitude, latitude, id,
        earth_distance(ll_to_earth(latitude, longitude), ll_to_earth(there_lat, there_lon)) AS metres
    FROM pairs
),
nearest AS (
    SELECT longitude, latitude, (array_agg(id ORDER BY metres, id))[1:5] AS candidates
    FROM near WHERE metres <= %(radius)s GROUP BY longitude, latitude
)
UPDATE import_staging s SET candidates = n.candidates, unplaced = 'near_only'
FROM nearest n
WHERE s.reason IS NULL AND s.residence_id IS NULL AND n.longitude = s.longitude AND n.latitude = s.latitude
----
-- Where the source says that a fact is at the nearest address, it is. Elsewhere a person decides.
UPDATE import_staging s
SET address_id = a.id, residence_id = a.residence_id, landlord_id = a.landlord_id, commune_id = a.commune_id,
    matched = 'by_distance', unplaced = NULL, candidates = NULL
FROM {addresses} a
WHERE %(nearest_decides)s::boolean AND s.reason IS NULL AND s.unplaced = 'near_only' AND a.id = s.candidates[1]
