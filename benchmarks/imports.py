"""Import of 100,000 facts against a plain COPY of the same rows into the same table.

Ours is all of it: the file read and decoded, every row typed, placed (a third by reference,
a third by address; a third, near an address, waits for a person), held against what is there, inserted under the
policies, reported, and the levels of every residence concerned evaluated. The reference is
one COPY of the finished rows into a copy of the table with its indexes, checks and foreign
keys, and no policies, since PostgreSQL refuses COPY where they are in force.
"""

import csv
import datetime as dt
import io
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from .database import prepare
from .results import Figure, peak_memory

FACTS, ADDRESSES, LANDLORDS, COMMUNES = 100_000, 20_000, 40, 50
# Files that come in one after the other, faster than the statistics of the tables are renewed.
FILE, EARLIER = 16_000, 480_000
_LAST_DAY = dt.date(2026, 11, 1)
_CODES = ("NOISE", "TAGS", "LITTERING", "MINOR_DAMAGE", "PETTY_DEALING", "INSULTS", "DAMAGE")
HEADER = (
    "identifiant",
    "nature",
    "jour",
    "référence résidence",
    "adresse",
    "code postal",
    "longitude",
    "latitude",
)


def run() -> Iterator[Figure]:
    """Yield the figures of the import, levels included, and of a second import of the same file."""
    uri = prepare("bench_imports")
    plant(uri)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "faits.csv"
        write(file, range(FACTS))
        first = import_file(file)
        memory = peak_memory()
        # At once, for the machine to be as busy as it was.
        copied = copy(uri, FACTS)
        again = import_file(file)
        alone, after = _one_after_the_other(uri, file)
    yield Figure(
        "Import of 100,000 facts, levels included",
        first,
        "plain COPY of the rows",
        copied,
        limit=6,
        memory=memory,
    )
    yield Figure("… the same file again", again, "plain COPY of the rows", copied, limit=6)
    yield Figure("… against the time it may take", first, "limit", 60)
    yield Figure(
        "Import of 16,000 facts after 480,000 that no statistics know",
        after,
        "the first such file",
        alone,
        limit=3,
    )
    yield Figure("… memory of the import", memory, "limit", 300, unit="MB")


def plant(uri: str) -> None:
    """Fill the database with landlords, communes, and residences with an address each."""
    numbers = {"addresses": ADDRESSES, "landlords": LANDLORDS, "communes": COMMUNES}
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        for statement in _STOCK.format(**numbers).split(";"):
            connection.execute(statement)
        connection.execute("VACUUM ANALYZE")


def _one_after_the_other(uri: str, file: Path) -> tuple[float, float]:
    """Return the seconds of a file into an empty table, and of one after many others, both without statistics."""
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute("TRUNCATE incidents_incident CASCADE")
        connection.execute("ALTER TABLE incidents_incident SET (autovacuum_enabled = false)")
        connection.execute("VACUUM ANALYZE incidents_incident")
        write(file, range(FILE))
        alone = import_file(file)
        connection.execute(_EARLIER.format(first=FILE, last=EARLIER, addresses=ADDRESSES))
        write(file, range(EARLIER, EARLIER + FILE))
        return alone, import_file(file)


def write(file: Path, numbers: range) -> None:
    """Write a CSV of the facts with these numbers."""
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text, delimiter=";")
        writer.writerow(HEADER)
        writer.writerows(row(number) for number in numbers)


def row(number: int) -> tuple[object, ...]:
    """Return the cells of a fact: a third names its residence, a third an address, a third a point."""
    address = (number * 7919) % ADDRESSES + 1
    day = _LAST_DAY - dt.timedelta(number % 360)
    fact = (f"F{number}", _CODES[address % len(_CODES)], day.isoformat())
    if number % 3 == 0:
        return (*fact, f"R{address}", "", "", "", "")
    if number % 3 == 1:
        return (
            *fact,
            "",
            f"{address % 100 + 1} bd de l'Essai{address // 100}",
            70_000 + address % COMMUNES,
            "",
            "",
        )
    longitude, latitude = 2 + (address % 200) / 500 + 0.0002, 48 + (address // 200) / 500
    return (*fact, "", "", "", f"{longitude:.6f}", f"{latitude:.6f}")


def import_file(file: Path) -> float:
    """Import a file as the operator's command does; return the seconds it takes."""
    # Django reads the address of the database from the environment that prepare() made.
    import django
    from django.core.management import call_command

    from core.limits import long_work

    django.setup()
    start = time.perf_counter()
    # As manage.py does: the limits of a request are not those of a command.
    with long_work():
        call_command("import_incidents", str(file), profile="generic", stdout=io.StringIO())
    return time.perf_counter() - start


def empty(uri: str) -> None:
    """Forget every fact that was imported."""
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute("TRUNCATE incidents_incident, incidents_unplacedfact CASCADE")


def copy(uri: str, facts: int) -> float:
    """Return the seconds of a plain COPY of the recorded facts; ``facts`` is how many of them and of those that wait."""
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute("CREATE TABLE bench_copy (LIKE incidents_incident INCLUDING ALL)")
        for name, definition in connection.execute(_FOREIGN_KEYS).fetchall():
            connection.execute(f'ALTER TABLE bench_copy ADD CONSTRAINT "{name}" {definition}')
        with connection.cursor().copy("COPY incidents_incident TO STDOUT") as out:
            blocks = [bytes(block) for block in out]
        assert connection.execute(_ALL).fetchone() == (facts,)
        start = time.perf_counter()
        with connection.cursor().copy("COPY bench_copy FROM STDIN") as into:
            for block in blocks:
                into.write(block)
        return time.perf_counter() - start


# Those placed by their distance alone wait for a person.
_ALL = "SELECT (SELECT count(*) FROM incidents_incident) + (SELECT count(*) FROM incidents_unplacedfact)"
_FOREIGN_KEYS = """
SELECT 'bench_' || row_number() OVER (), pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = 'incidents_incident'::regclass AND contype = 'f'
"""

_EARLIER = """
INSERT INTO incidents_incident (landlord_id, commune_id, residence_id, address_id, fact_type_id, day, place_kind, source,
    complaint_filed, complaint_reference, external_source, external_id, created_at, cancel_reason)
SELECT a.landlord_id, a.commune_id, a.residence_id, a.id, 1 + n % 20, date '2026-11-01' - n % 360, '', 'staff',
    false, '', 'palier', 'F' || n, now(), ''
FROM generate_series({first}, {last} - 1) n JOIN sites_address a ON a.id = n::bigint * 7919 % {addresses} + 1
"""

_STOCK = """
INSERT INTO accounts_organisation (id, name, kind, aliases)
SELECT n, 'Bailleur ' || n, 'landlord', '{{}}' FROM generate_series(1, {landlords}) n;
INSERT INTO sites_commune (id, code, name, department, postcodes, former_codes, former_names)
SELECT n + 1, lpad(n::text, 5, '0'), 'Commune ' || n, '70', to_jsonb(array[(70000 + n)::text]), '[]', '[]'
FROM generate_series(0, {communes} - 1) n;
INSERT INTO sites_residence (id, landlord_id, commune_id, reference, name, dwellings, in_priority_neighbourhood)
SELECT n, 1 + n % {landlords}, 1 + n % {communes}, 'R' || n, 'Résidence ' || n, 60, false
FROM generate_series(1, {addresses}) n;
INSERT INTO sites_address (id, residence_id, landlord_id, commune_id, label, postcode, match_key,
    dwellings, longitude, latitude, geocoding)
SELECT n, n, 1 + n % {landlords}, 1 + n % {communes}, (n % 100 + 1) || ' boulevard de l''Essai' || n / 100, (70000 + n % {communes})::text,
    (n % 100 + 1) || ' BOULEVARD ESSAI' || n / 100, 60, 2 + (n % 200) / 500.0, 48 + (n / 200) / 500.0, 'source'
FROM generate_series(1, {addresses}) n
"""
