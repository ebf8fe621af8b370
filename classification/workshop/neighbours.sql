-- Follows sites.sql: sites of different landlords within `metres` of each other that are shown with different levels, the
-- largest difference first. Only cells of a grid of degrees that touch are compared. Parameters: metres; metres_of_degree;
-- shown (rows).
, placed AS MATERIALIZED (
    SELECT residence_id, landlord_id, name, landlord, shown, retained IS NOT NULL AS decided, latitude, longitude,
        floor(latitude * %(metres_of_degree)s / %(metres)s)::int AS y,
        floor(longitude * %(metres_of_degree)s * cos(radians((SELECT max(abs(latitude)) FROM sites))) / %(metres)s)::int AS x
    FROM sites WHERE longitude IS NOT NULL AND NOT silent
), pairs AS (
    SELECT a.residence_id, b.residence_id AS other_id, a.name, b.name AS other, a.landlord, b.landlord AS other_landlord,
        a.shown, b.shown AS other_shown, a.decided, b.decided AS other_decided,
        earth_distance(ll_to_earth(a.latitude, a.longitude), ll_to_earth(b.latitude, b.longitude)) AS metres
    FROM placed a
    CROSS JOIN (VALUES (-1), (0), (1)) dx (x) CROSS JOIN (VALUES (-1), (0), (1)) dy (y)
    JOIN placed b ON b.x = a.x + dx.x AND b.y = a.y + dy.y
    WHERE a.landlord_id <> b.landlord_id AND a.shown > b.shown
)
SELECT *, count(*) OVER () AS total FROM pairs WHERE metres <= %(metres)s
ORDER BY shown - other_shown DESC, metres, residence_id, other_id LIMIT %(shown)s
