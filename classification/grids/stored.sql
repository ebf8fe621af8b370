-- The first stage from the stored findings, in place of the records (occurrences.sql): the days in the window of
-- occasional facts, which is not longer than the one that they were stored for.
counted AS (
    SELECT residence_id, fact_type_id, coalesce(address_id, 0) AS address_id,
        -- Most are whole already; cutting each would cost as much as all the rest.
        CASE WHEN days[1] > %(as_of)s::date - %(w_occasional)s THEN days
            ELSE days[width_bucket(%(as_of)s::date - %(w_occasional)s, days) + 1:] END AS days
    FROM classification_finding WHERE days <> '{{}}'
), spans AS (
    SELECT residence_id, fact_type_id, address_id, day, span_end, facts, span_end - day + 1 AS length,
        least(facts, span_end - day + 1) AS occurrences
    FROM (
        SELECT residence_id, fact_type_id, coalesce(address_id, 0) AS address_id, (span->>0)::date AS day,
            (span->>1)::date AS span_end, (span->>2)::bigint AS facts
        FROM classification_finding CROSS JOIN LATERAL jsonb_array_elements(spans) span
        WHERE spans IS NOT NULL
    ) stored WHERE span_end > %(as_of)s::date - %(w_occasional)s
), observed AS (
    SELECT residence_id, fact_type_id, coalesce(address_id, 0) AS address_id, observed AS frequency
    FROM classification_finding WHERE observed IS NOT NULL
)
