-- First stage: records → occurrences, by place and fact type, for all places at once.
--
-- `counted`: the days in the window of occasional facts, oldest first, each once; `spans`: the facts of unknown day
-- whose span overlaps it; `observed`: the highest frequency of the standing observations in force. Parameters: as_of (date);
-- w_occasional (days), confirmation_days. {scope} narrows each table to some residences, {open} leaves out what
-- was recorded at places that are closed on that day. An address_id of 0 stands for the residence as a whole.
counted AS (
    -- One pass over the covering index: distinct days of each type at each address, and
    -- pooled over the residence. array_agg(DISTINCT) leaves the days sorted.
    SELECT residence_id, fact_type_id, coalesce(address_id, 0) AS address_id,
        array_agg(DISTINCT day) AS days
    FROM incidents_incident
    WHERE span_end IS NULL AND cancelled_at IS NULL
        AND day > %(as_of)s::date - %(w_occasional)s AND day <= %(as_of)s::date {scope} {open}
    GROUP BY GROUPING SETS ((residence_id, fact_type_id, address_id), (residence_id, fact_type_id))
    HAVING GROUPING(address_id) = 1 OR address_id IS NOT NULL
), spans AS (
    SELECT residence_id, fact_type_id, coalesce(address_id, 0) AS address_id, day, span_end,
        count(*) AS facts, span_end - day + 1 AS length, least(count(*), span_end - day + 1) AS occurrences
    FROM incidents_incident
    WHERE span_end IS NOT NULL AND cancelled_at IS NULL
        AND span_end > %(as_of)s::date - %(w_occasional)s AND day <= %(as_of)s::date {scope} {open}
    GROUP BY GROUPING SETS (
        (residence_id, fact_type_id, address_id, day, span_end), (residence_id, fact_type_id, day, span_end))
    HAVING GROUPING(address_id) = 1 OR address_id IS NOT NULL
), observed AS (
    SELECT residence_id, fact_type_id, coalesce(address_id, 0) AS address_id, max(frequency) AS frequency
    FROM incidents_standingobservation o
    WHERE cancelled_at IS NULL AND since <= %(as_of)s::date AND (ended_on IS NULL OR ended_on >= %(as_of)s::date)
        AND EXISTS (
            SELECT 1 FROM incidents_confirmation c WHERE c.observation_id = o.id
                AND c.day BETWEEN %(as_of)s::date - %(confirmation_days)s AND %(as_of)s::date) {scope} {open}
    GROUP BY GROUPING SETS ((residence_id, fact_type_id, address_id), (residence_id, fact_type_id))
    HAVING GROUPING(address_id) = 1 OR address_id IS NOT NULL
)
