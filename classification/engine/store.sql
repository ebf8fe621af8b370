-- Follows silence.sql: the tables are written by the statement that computed their rows.
, stored AS (
    INSERT INTO classification_finding (landlord_id, commune_id, residence_id, address_id, fact_type_id,
        frequency, observed, level, in_daily, in_regular, in_occasional, days, spans)
    SELECT r.landlord_id, r.commune_id, f.residence_id, f.address_id, f.fact_type_id,
        f.frequency, f.observed, f.level, f.in_daily, f.in_regular, f.in_occasional, f.days, f.spans
    FROM findings f JOIN sites_residence r ON r.id = f.residence_id
), standing AS MATERIALIZED (
    SELECT id, residence_id, proposed, silent, retained, (decided_at AT TIME ZONE %(zone)s)::date AS decided_on
    FROM classification_decision WHERE ended_on IS NULL {scope}
), lapsed AS (
    -- A decision lapses when the level that it was about changes, or whether recording stopped, or its residence closes.
    UPDATE classification_decision d
    SET ended_on = %(as_of)s, ending = 'lapsed', lapsed_level = gone.level, lapsed_silent = gone.silent_now
    FROM (
        SELECT s.id, t.level, t.silent AS silent_now FROM standing s
        LEFT JOIN told t ON t.residence_id = s.residence_id AND t.address_id IS NULL
        WHERE (t.level, t.silent) IS DISTINCT FROM (s.proposed, s.silent)
    ) gone
    WHERE d.id = gone.id
)
INSERT INTO classification_sitelevel (landlord_id, commune_id, residence_id, address_id, grid_version_id,
    as_of, level, facts_level, impact_level, last_day, silent, level_before, longitude, latitude, retained, decided_on)
SELECT landlord_id, commune_id, t.residence_id, address_id, %(grid_version)s, %(as_of)s,
    level, facts_level, impact_level, last_day, t.silent, level_before, longitude, latitude, s.retained, s.decided_on
FROM told t LEFT JOIN standing s
    ON s.residence_id = t.residence_id AND t.address_id IS NULL AND s.proposed = t.level AND s.silent = t.silent
