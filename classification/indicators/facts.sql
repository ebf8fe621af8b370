-- Counts facts in two periods, which may overlap: all sums from one reading of the facts selected, within what the
-- policies open. A fact of both periods is selected twice.
--
-- Parameters: first (date, of the period); part_days (the days of a part, 0 for calendar months); most. With each fact
-- come which period it is of, the first day of that and how many parts it has. A fact of unknown day counts once in each
-- period in which it may have happened, in the part that its span begins in. The sums over
-- confidential columns are given too.
WITH sums AS MATERIALIZED (
    SELECT which, fact_type_id, place_kind, weekday, hour, own, source, landlord_id, part, residence_id,
        CASE GROUPING(fact_type_id, weekday, part, residence_id)
            WHEN 7 THEN 'nature' WHEN 11 THEN 'moment' WHEN 13 THEN 'part' ELSE 'place' END AS kind,
        count(*) AS facts, {own}
    FROM (
        SELECT which, fact_type_id, residence_id, landlord_id, place_kind, own, source, complaint_filed, damage_cost,
            -- From a Monday, without the numerics of extract(), which take long.
            CASE WHEN span_end IS NULL THEN (day - DATE '1999-12-27') %% 7 + 1 END AS weekday,
            CASE WHEN span_end IS NULL THEN date_part('hour', "time")::int END AS hour,
            CASE WHEN %(part_days)s = 0
                THEN ((date_part('year', greatest(day, first)) - date_part('year', first)) * 12
                    + date_part('month', greatest(day, first)) - date_part('month', first))::int
                ELSE least((greatest(day, first) - first) / %(part_days)s, parts - 1) END AS part
        FROM ({facts}) f (which, first, parts, fact_type_id, residence_id, landlord_id, place_kind, day, span_end,
            own, source, "time", complaint_filed, damage_cost)
    ) facts
    GROUP BY GROUPING SETS (
        (which, fact_type_id, place_kind), (which, weekday, hour, own, source), (which, landlord_id, part),
        (which, residence_id))
), located AS (
    SELECT p.*, r.landlord_id, r.name, CASE WHEN r.closed_on IS NULL OR r.closed_on > %(first)s THEN r.dwellings ELSE 0 END
        AS dwellings
    FROM (
        SELECT residence_id, coalesce(sum(facts) FILTER (WHERE which = 0), 0)::bigint AS now,
            coalesce(sum(facts) FILTER (WHERE which = 1), 0)::bigint AS before
        FROM sums WHERE kind = 'place' GROUP BY 1
    ) p JOIN sites_residence r ON r.id = p.residence_id
), most AS (
    SELECT * FROM located ORDER BY now DESC, before DESC, residence_id LIMIT %(most)s
), housed AS (
    SELECT landlord_id, sum(now)::bigint AS now, sum(before)::bigint AS before FROM located WHERE dwellings > 0 GROUP BY 1
)
SELECT (SELECT coalesce(json_agg(s), '[]') FROM sums s WHERE kind <> 'place'),
    (SELECT coalesce(json_agg(m), '[]') FROM most m), (SELECT coalesce(json_agg(h), '[]') FROM housed h),
    (SELECT count(*) FROM located)
