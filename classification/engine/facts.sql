SELECT residence_id, coalesce(address_id, 0) AS address_id, max(level) AS level,
    max(last_day) AS last_day, bool_or(observed IS NOT NULL) AS observed
FROM ({findings}) f GROUP BY 1, 2
