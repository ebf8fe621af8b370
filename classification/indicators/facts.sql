-- Counts facts in two periods, which may overlap: all sums from one reading of the facts that {facts} selects, within
-- what the policies open.
--
-- Parameters: first, last, first_before, last_before (dates); parts, parts_before (how many parts the periods are cut
-- into), part_days (the days of a part, 0 for calendar months). A fact of unknown day counts once in each period in
-- which it may have happened, in the part that its span begins in.
WITH periods (which, first, last, parts) AS (
    VALUES (0, %(first)s::date, %(last)s::date, %(parts)s::int),
        (1, %(first_before)s::date, %(last_before)s::date, %(parts_before)s::int)
), facts AS MATERIALIZED (
    SELECT which, fact_type_id, residence_id, landlord_id, place_kind, own, source, complaint_filed, damage_cost,
        CASE WHEN span_end IS NULL THEN extract(isodow FROM day)::int END AS weekday,
        CASE WHEN span_end IS NULL THEN extract(hour FROM "time")::int END AS hour,
        CASE WHEN %(part_days)s = 0
            THEN (extract(year FROM greatest(day, first)) - extract(year FROM first)) * 12
                + extract(month FROM greatest(day, first)) - extract(month FROM first)
            ELSE least((greatest(day, first) - first) / %(part_days)s, parts - 1) END::int AS part
    FROM ({facts}) f (fact_type_id, residence_id, landlord_id, place_kind, day, span_end,
        own, source, "time", complaint_filed, damage_cost)
    JOIN periods p ON day <= last AND coalesce(span_end, day) >= first
), sums AS (
    SELECT which, fact_type_id, place_kind, weekday, hour, own, source, landlord_id, part,
        CASE GROUPING(fact_type_id, weekday, source, landlord_id)
            WHEN 7 THEN 'nature' WHEN 11 THEN 'moment' WHEN 13 THEN 'source' ELSE 'part' END AS kind,
        count(*) AS facts, count(*) FILTER (WHERE own) AS own_facts,
        count(*) FILTER (WHERE complaint_filed) AS complaints,
        sum(damage_cost)::text AS cost, count(damage_cost) AS costed
    FROM facts
    GROUP BY GROUPING SETS (
        (which, fact_type_id, place_kind), (which, weekday, hour, own), (which, source), (which, landlord_id, part))
), places AS (
    SELECT residence_id, count(*) FILTER (WHERE which = 0) AS now, count(*) FILTER (WHERE which = 1) AS before
    FROM facts GROUP BY 1
), located AS (
    SELECT p.*, r.landlord_id, r.name, CASE WHEN r.closed_on IS NULL OR r.closed_on > %(first)s THEN r.dwellings ELSE 0 END
        AS dwellings
    FROM places p JOIN sites_residence r ON r.id = p.residence_id
), most AS (
    SELECT * FROM located ORDER BY now DESC, before DESC, residence_id LIMIT %(most)s
), housed AS (
    SELECT landlord_id, sum(now)::bigint AS now, sum(before)::bigint AS before FROM located WHERE dwellings > 0 GROUP BY 1
)
SELECT (SELECT coalesce(json_agg(s), '[]') FROM sums s), (SELECT coalesce(json_agg(m), '[]') FROM most m),
    (SELECT coalesce(json_agg(h), '[]') FROM housed h), (SELECT count(*) FROM places)
