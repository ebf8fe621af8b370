"""Ten million fictional incidents at six hundred thousand addresses, or a hundredth of that."""

import psycopg

LANDLORDS = 60
COMMUNES = 200
ADDRESSES_PER_RESIDENCE = 10
LAST_DAY = "2026-11-01"


def populate(superuser_uri: str, addresses: int, incidents: int, days: int = 365) -> None:
    """Fill an empty database; rows are the same for the same arguments.

    Args:
        superuser_uri: a superuser's connection string: planting is not what is measured.
        addresses: how many, ten to a residence.
        incidents: how many, spread over the ``days`` days up to LAST_DAY, busier at some
            addresses, each address with a few types that come back.
        days: the length of the history.
    """
    numbers = {
        "residences": addresses // ADDRESSES_PER_RESIDENCE,
        "addresses": addresses,
        "incidents": incidents,
        "days": days,
        "landlords": LANDLORDS,
        "communes": COMMUNES,
        "per": ADDRESSES_PER_RESIDENCE,
        "last_day": LAST_DAY,
    }
    with psycopg.connect(superuser_uri, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SELECT setseed(0.5)")
        for statement in _STOCK.format(**numbers).split(";"):
            connection.execute(statement)
        indexes = connection.execute(_INDEXES).fetchall()
        for name, _definition in indexes:
            connection.execute(f"DROP INDEX {name}")
        connection.execute(_INCIDENTS.format(**numbers))
        for _name, definition in indexes:
            connection.execute(definition)
        connection.execute(f"SELECT setval('incidents_incident_id_seq', {incidents})")
        connection.execute("VACUUM ANALYZE")


_INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
WHERE indrelid = 'incidents_incident'::regclass AND NOT indisprimary
"""

_STOCK = """
INSERT INTO accounts_organisation (id, name, kind, aliases)
SELECT n, 'Bailleur ' || n, 'landlord', '{{}}' FROM generate_series(1, {landlords}) n;
INSERT INTO sites_commune (id, code, name, department, postcodes, former_codes, former_names)
SELECT n, lpad(n::text, 5, '0'), 'Commune ' || n, '00', '[]', '[]', '[]' FROM generate_series(1, {communes}) n;
INSERT INTO sites_residence (id, landlord_id, commune_id, reference, name, dwellings,
    in_priority_neighbourhood)
SELECT n, 1 + n % {landlords}, 1 + (n / 7) % {communes}, 'R' || n, 'Résidence ' || n, 60, n % 5 = 0
FROM generate_series(1, {residences}) n;
INSERT INTO sites_address (id, residence_id, landlord_id, commune_id, label, postcode, match_key,
    dwellings, longitude, latitude, geocoding)
SELECT a, r.id, r.landlord_id, r.commune_id, a || ' rue', '', a || ' RUE', 6,
    2 + random(), 48 + random(), 'source'
FROM generate_series(1, {addresses}) a JOIN sites_residence r ON r.id = 1 + (a - 1) / {per}
"""

_INCIDENTS = """
INSERT INTO incidents_incident (id, landlord_id, commune_id, residence_id, address_id, fact_type_id,
    place_kind, day, source, complaint_filed, complaint_reference, external_source, external_id,
    created_at, cancel_reason)
SELECT i.id, r.landlord_id, r.commune_id, r.id, i.a, 1 + (i.a * 7 + i.k * 5) % 31,
    '', DATE '{last_day}' - i.d, 'staff', false, '', '', '', now(), ''
FROM (
    SELECT id, 1 + (power(random(), 1.5) * ({addresses} - 1))::int AS a,
        (random() * random() * 4)::int AS k, floor(random() * {days})::int AS d
    FROM generate_series(1, {incidents}) id
) i
JOIN sites_residence r ON r.id = 1 + (i.a - 1) / {per}
"""
