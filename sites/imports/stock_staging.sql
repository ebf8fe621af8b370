-- Where the rows of a stock file wait for their landlord and commune, and their outcomes for the report; gone with
-- the transaction.
DROP TABLE IF EXISTS pg_temp.stock_staging, pg_temp.stock_landlords, pg_temp.stock_communes, pg_temp.stock_verdicts;
CREATE TEMPORARY TABLE stock_staging (
    line integer, reason text, landlord text, reference text, insee text, postcode text, city text,
    dwellings integer, longitude double precision, latitude double precision, digest bytea,
    remarks text, subject text, said text
) ON COMMIT DROP;
CREATE TEMPORARY TABLE stock_landlords (name text, landlord_id bigint, reason text, remark text) ON COMMIT DROP;
CREATE TEMPORARY TABLE stock_communes (
    insee text, postcode text, city text, commune_id bigint, reason text, remark text
) ON COMMIT DROP;
CREATE TEMPORARY TABLE stock_verdicts (line integer, outcome text, reason text, remarks text, quoted text) ON COMMIT DROP
