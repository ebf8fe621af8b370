-- What was counted for each type at each place (`frequencies` of engine.sql), as it was stored: for a grid with the same windows.
SELECT residence_id, address_id, fact_type_id, observed, in_daily, in_regular, in_occasional,
    NULL::date[] AS days, NULL::jsonb AS spans, NULL::date AS last_day
FROM classification_finding
