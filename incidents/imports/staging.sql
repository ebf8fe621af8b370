-- Where the rows of a file wait for their day and their place; gone with the transaction.
DROP TABLE IF EXISTS pg_temp.import_staging;
CREATE TEMPORARY TABLE import_staging (
    line integer, subject text, reason text, remarks text, external_id text, own_id uuid, fact_type_id bigint,
    -- The sub-types that the row names, of whatever territory: that of the place is taken.
    subtype_ids bigint[],
    day_text text, end_text text, day date, span_end date, "time" time, place_kind text, source text,
    complaint_filed boolean, complaint_reference text, damage_cost numeric(10, 2),
    reference text, place_text text, key text, within text, street text, door integer, suffix text, unit text,
    rnb_id text, ban_key text, meant_street text, meant_low integer, meant_high integer,
    longitude double precision, latitude double precision, proposal text,
    residence_id bigint, address_id bigint, landlord_id bigint, commune_id bigint, matched text, unplaced text,
    candidates bigint[], queued boolean NOT NULL DEFAULT false,
    known_id bigint, doubt text NOT NULL DEFAULT '',
    -- The zone of the place, the instants of days written with a zone, and whether a column of its own tells the hour.
    zone text NOT NULL DEFAULT 'Europe/Paris', moment timestamptz, moment_end timestamptz, hour_told boolean
) ON COMMIT DROP
