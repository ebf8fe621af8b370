"""Import of 250,000 rows of stock against a plain COPY of the same residences and addresses.

Ours is all of it: the file read, every row given its landlord and commune, its address read and compared with what is
there, residences and addresses inserted under the policies, what was written noted for an undoing, the rows reported,
and the levels of every residence evaluated. The reference is one COPY of the finished rows into copies of both tables
with their indexes, checks and foreign keys, and no policies. A second import of the same file finds all of it there.
"""

import csv
import io
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from .database import prepare
from .results import Figure, peak_memory

ROWS, LANDLORDS, COMMUNES = 250_000, 40, 100
_HEADER = (
    "bailleur",
    "référence",
    "résidence",
    "adresse",
    "code postal",
    "commune",
    "logements",
    "longitude",
    "latitude",
)
# Two addresses of each residence.
_ADDRESSES = 2


def run() -> Iterator[Figure]:
    """Yield the figures of a first import, levels included, and of a second import of the same file."""
    uri = prepare("bench_stock")
    _plant(uri)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "patrimoine.csv"
        _write(file)
        first = _import(file)
        memory = peak_memory()
        again = _import(file)
    copied = _copy(uri)
    yield Figure("Import of 250,000 rows of stock, levels included", first, "limit", 180, memory=memory)
    yield Figure("… against the database alone", first, "plain COPY of the rows", copied, limit=10)
    yield Figure("… the same file again", again, "limit", 180)
    yield Figure("… memory of the import", memory, "limit", 300, unit="MB")


def _plant(uri: str) -> None:
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO sites_commune (code, name, department, postcodes, former_codes, former_names)"
            " SELECT lpad(n::text, 5, '0'), 'Commune ' || n, '70', to_jsonb(array[(70000 + n)::text]), '[]', '[]'"
            " FROM generate_series(0, %s) n",
            [COMMUNES - 1],
        )
        connection.execute("VACUUM ANALYZE")


def _write(file: Path) -> None:
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.writer(text, delimiter=";")
        writer.writerow(_HEADER)
        writer.writerows(_row(number) for number in range(ROWS))


def _row(number: int) -> tuple[object, ...]:
    residence, door = divmod(number, _ADDRESSES)
    place = residence // LANDLORDS
    commune = place % COMMUNES
    return (
        f"Bailleur {residence % LANDLORDS}",
        f"R{residence}",
        f"Résidence {residence}",
        f"{2 * (place // COMMUNES) + door + 1} bd de l’Essai {residence % 977}",
        70_000 + commune,
        f"Commune {commune}",
        10 + residence % 50,
        f"{2 + residence % 200 / 5000:.6f}",
        f"{48 + commune / 50 + residence % 97 / 5000:.6f}",
    )


def _import(file: Path) -> float:
    # Django reads the address of the database from the environment that prepare() made.
    import django
    from django.core.management import call_command

    django.setup()
    start = time.perf_counter()
    call_command("import_stock", str(file), profile="generic", stdout=io.StringIO())
    return time.perf_counter() - start


def _copy(uri: str) -> float:
    tables = ("sites_residence", "sites_address")
    with psycopg.connect(uri, autocommit=True) as connection:
        assert connection.execute("SELECT count(*) FROM sites_address").fetchone() == (ROWS,)
        blocks = {}
        for table in tables:
            connection.execute(f"CREATE TABLE bench_{table} (LIKE {table} INCLUDING ALL)")
            for name, definition in connection.execute(_FOREIGN_KEYS, [table]).fetchall():
                connection.execute(f'ALTER TABLE bench_{table} ADD CONSTRAINT "{name}" {definition}')
            with connection.cursor().copy(f"COPY {table} TO STDOUT") as out:
                blocks[table] = [bytes(block) for block in out]
        start = time.perf_counter()
        for table in tables:
            with connection.cursor().copy(f"COPY bench_{table} FROM STDIN") as into:
                for block in blocks[table]:
                    into.write(block)
        return time.perf_counter() - start


_FOREIGN_KEYS = """
SELECT 'bench_' || row_number() OVER (), pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = %s::regclass AND contype = 'f'
"""
