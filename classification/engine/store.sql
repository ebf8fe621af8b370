-- Follows silence.sql: both tables are written by the statement that computed them.
, stored AS (
    INSERT INTO classification_finding (landlord_id, commune_id, residence_id, address_id, fact_type_id,
        frequency, observed, level, in_daily, in_regular, in_occasional, days, spans)
    SELECT r.landlord_id, r.commune_id, f.residence_id, f.address_id, f.fact_type_id,
        f.frequency, f.observed, f.level, f.in_daily, f.in_regular, f.in_occasional, f.days, f.spans
    FROM findings f JOIN sites_residence r ON r.id = f.residence_id
)
INSERT INTO classification_sitelevel (landlord_id, commune_id, residence_id, address_id, grid_version_id,
    as_of, level, facts_level, impact_level, last_day, silent, level_before, longitude, latitude)
SELECT landlord_id, commune_id, residence_id, address_id, %(grid_version)s, %(as_of)s,
    level, facts_level, impact_level, last_day, silent, level_before, longitude, latitude
FROM told
