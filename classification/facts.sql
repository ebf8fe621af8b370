SELECT residence_id, coalesce(address_id, 0) AS address_id, max(level) AS level,
    max(last_day) AS last_day,
    sum(in_regular) = 0 AND sum(in_occasional) >= %(t_regular)s AND max(observed) IS NULL AS silent
FROM ({findings}) f GROUP BY 1, 2
