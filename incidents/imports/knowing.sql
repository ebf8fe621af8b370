-- Tells which of the staged rows, placed by now, are recorded already, in steps separated by ---- lines. The first three
-- need no days: they come before the days are settled, for which the place of a fact that is known counts too.
-- "differs" is written by differences.py: whether a recorded state says something else than the row.

-- Why a row has no certain place is said at the end: what is recorded already needs none.
UPDATE import_staging SET unplaced = reason, reason = NULL
WHERE reason IN (
    'several_places', 'unknown_unit', 'alike_only', 'unclear_number', 'communes_disagree', 'no_commune',
    'closed_place'
)
----
-- 1. With an identifier, a row is the fact that the source has given it before.
UPDATE import_staging s SET known_id = i.id
FROM incidents_incident i
WHERE s.reason IS NULL AND s.external_id <> '' AND i.external_id <> ''
    AND i.external_source = %(source)s AND i.external_id = s.external_id
    AND (%(landlord)s::bigint IS NULL OR i.landlord_id = %(landlord)s)
----
--    Under an identifier of an export of the product it is that very fact, whatever its source.
UPDATE import_staging s SET known_id = i.id
FROM incidents_incident i
WHERE s.reason IS NULL AND s.own_id IS NOT NULL AND i.opaque_id = s.own_id
    AND (%(landlord)s::bigint IS NULL OR i.landlord_id = %(landlord)s)
----
-- 2. One row for each identifier: of several that say the same, one with a place; of several that say different
--    things, the one that was chosen. Places differ as they would from a later file, where they are certain: two
--    residences, two addresses of one, an address and none, or one that nobody knows. A row without a place says
--    another one where it is written otherwise.
UPDATE import_staging s
SET reason = CASE WHEN n.several AND %(id_twice)s = '' THEN 'id_twice' ELSE 'duplicate_in_file' END
FROM (
    SELECT line, several, row_number() OVER (
        PARTITION BY external_id
        ORDER BY NOT several AND residence_id IS NULL,
            CASE WHEN several AND %(id_twice)s = 'last' THEN -line ELSE line END
    ) AS nth
    FROM (
        SELECT line, external_id, residence_id,
            min(said) OVER same <> max(said) OVER same
            OR min(residence_id) OVER same <> max(residence_id) OVER same
            OR min(at) OVER same <> max(at) OVER same
            OR bool_or(residence_id IS NULL) OVER same AND min(written) OVER same <> max(written) OVER same AS several
        FROM (
            SELECT line, external_id, residence_id, ROW(
                fact_type_id, day, span_end, "time", place_kind, source, complaint_filed, complaint_reference,
                damage_cost
            )::text AS said,
                CASE WHEN matched IN ('by_reference', 'by_address') THEN coalesce(address_id::text, key) END AS at,
                nullif(concat_ws(' | ', nullif(reference, ''), coalesce(nullif(key, ''), nullif(place_text, ''))), '')
                    AS written
            FROM import_staging WHERE reason IS NULL AND external_id <> ''
        ) r
        WINDOW same AS (PARTITION BY external_id)
    ) c
) n
WHERE n.line = s.line AND (n.nth > 1 OR n.several AND %(id_twice)s = '')
----
UPDATE import_staging s SET reason = CASE
    WHEN i.cancelled_at IS NOT NULL THEN 'cancelled_since'
    WHEN NOT ({current_differs}) THEN 'already_recorded'
    WHEN f.pgh_id IS NOT NULL AND NOT ({first_differs}) THEN 'corrected_since'
    WHEN %(fact_differs)s = 'take' THEN 'updated'
    WHEN %(fact_differs)s = 'keep' THEN 'kept'
    ELSE 'fact_differs' END
FROM incidents_incident i
LEFT JOIN LATERAL (
    SELECT * FROM incidents_incident_history h WHERE h.pgh_obj_id = i.id ORDER BY h.pgh_id LIMIT 1
) f ON i.changed_at IS NOT NULL
WHERE i.id = s.known_id AND s.reason IS NULL
----
-- An identifier of an export that names none of these facts, one deleted since or another landlord's, says nothing.
UPDATE import_staging SET external_id = '' WHERE reason IS NULL AND own_id IS NOT NULL AND known_id IS NULL
----
-- 3. Without an identifier, a row is known by what it means, not by how it is written or by the format it comes in:
--    type, day, span, hour, place, kind of place. Facts that a person entered are no rows of a file. Equal rows of one file are as many facts, since a source may well report the same twice in an
--    hour; so the nth of them is recorded already where n are. A fact corrected since counts as it was recorded, a
--    cancelled one too. Identifiers that start with ~ were made of the digest of a row, and name nothing.
WITH said AS (
    SELECT line, residence_id, address_id, fact_type_id, day, span_end, "time", place_kind, row_number() OVER (
        PARTITION BY residence_id, address_id, fact_type_id, day, span_end, "time", place_kind ORDER BY line
    ) AS nth
    FROM import_staging WHERE reason IS NULL AND external_id = '' AND residence_id IS NOT NULL
),
firsts AS MATERIALIZED (
    SELECT DISTINCT ON (pgh_obj_id) pgh_obj_id, residence_id, address_id, fact_type_id, day, span_end, "time", place_kind
    FROM incidents_incident_history
    WHERE external_source <> ALL(%(entered)s) AND (external_id = '' OR external_id LIKE '~%%')
    ORDER BY pgh_obj_id, pgh_id
),
recorded AS (
    SELECT residence_id, address_id, fact_type_id, day, span_end, "time", place_kind, count(*) AS number
    FROM (
        SELECT residence_id, address_id, fact_type_id, day, span_end, "time", place_kind
        FROM incidents_incident i
        WHERE external_source <> ALL(%(entered)s) AND (external_id = '' OR external_id LIKE '~%%')
            AND NOT EXISTS (SELECT 1 FROM firsts f WHERE f.pgh_obj_id = i.id)
        UNION ALL
        SELECT residence_id, address_id, fact_type_id, day, span_end, "time", place_kind FROM firsts
    ) states
    GROUP BY 1, 2, 3, 4, 5, 6, 7
)
UPDATE import_staging s SET reason = 'already_recorded'
FROM said JOIN recorded r ON r.residence_id = said.residence_id AND r.fact_type_id = said.fact_type_id
    AND r.day = said.day AND r.place_kind = said.place_kind
    AND r.address_id IS NOT DISTINCT FROM said.address_id AND r.span_end IS NOT DISTINCT FROM said.span_end
    AND r."time" IS NOT DISTINCT FROM said."time"
WHERE said.line = s.line AND said.nth <= r.number
----
-- What waits for a place already, or was settled in the queue since, by its identifier or else by what it means.
UPDATE import_staging s SET reason = CASE WHEN u.discard_reason <> '' THEN 'discarded_since' ELSE 'already_waiting' END
FROM incidents_unplacedfact u
WHERE s.reason IS NULL AND s.residence_id IS NULL AND u.external_source = %(source)s AND u.replaced_by_id IS NULL
    AND (%(landlord)s::bigint IS NULL OR u.landlord_id = %(landlord)s)
    AND u.external_id = s.external_id AND s.external_id <> '' AND (
        u.settled_at IS NOT NULL
        OR (u.fact_type_id, u.day, u.place_kind) = (s.fact_type_id, s.day, s.place_kind)
        AND u.span_end IS NOT DISTINCT FROM s.span_end AND u."time" IS NOT DISTINCT FROM s."time"
        AND u.damage_cost IS NOT DISTINCT FROM s.damage_cost
    )
----
WITH said AS (
    SELECT line, place_text, longitude, latitude, fact_type_id, day, span_end, "time", place_kind, row_number() OVER (
        PARTITION BY place_text, longitude, latitude, fact_type_id, day, span_end, "time", place_kind ORDER BY line
    ) AS nth
    FROM import_staging WHERE reason IS NULL AND external_id = '' AND residence_id IS NULL AND candidates IS NOT NULL
),
waiting AS (
    SELECT written, longitude, latitude, fact_type_id, day, span_end, "time", place_kind, count(*) AS number,
        bool_and(discard_reason <> '') AS discarded
    FROM incidents_unplacedfact
    WHERE external_id = ''
        AND (%(landlord)s::bigint IS NULL OR landlord_id = %(landlord)s)
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
)
UPDATE import_staging s SET reason = CASE WHEN w.discarded THEN 'discarded_since' ELSE 'already_waiting' END
FROM said JOIN waiting w ON w.fact_type_id = said.fact_type_id AND w.day = said.day
    AND w.place_kind = said.place_kind AND w.written IN (said.place_text, '')
    AND w.longitude IS NOT DISTINCT FROM said.longitude AND w.latitude IS NOT DISTINCT FROM said.latitude
    AND w.span_end IS NOT DISTINCT FROM said.span_end AND w."time" IS NOT DISTINCT FROM said."time"
WHERE said.line = s.line AND said.nth <= w.number
----
-- A row with candidates waits in the queue of the one landlord to whom they all belong.
UPDATE import_staging s SET queued = true, landlord_id = c.landlord_id, reason = s.unplaced
FROM (
    SELECT t.line, min(a.landlord_id) AS landlord_id
    FROM (
        SELECT line, unnest(candidates) AS address_id FROM import_staging
        WHERE reason IS NULL AND residence_id IS NULL AND candidates IS NOT NULL
    ) t JOIN sites_address a ON a.id = t.address_id
    GROUP BY t.line HAVING count(DISTINCT a.landlord_id) = 1
) c
WHERE c.line = s.line
----
-- 4. What found no place. A reference that no residence bears is called that.
UPDATE import_staging SET remarks = ltrim(remarks || ' unknown_reference')
WHERE reason IS NULL AND residence_id IS NOT NULL AND reference <> '' AND matched <> 'by_reference'
----
UPDATE import_staging SET reason = CASE
    WHEN unplaced IS NOT NULL THEN unplaced
    WHEN reference <> '' THEN 'unknown_reference'
    WHEN doubt <> '' THEN doubt
    WHEN longitude IS NULL THEN 'no_place'
    ELSE 'nothing_near' END
WHERE reason IS NULL AND residence_id IS NULL
