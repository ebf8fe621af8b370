"""No statement of an import lasts as long as its file is read."""

import psycopg
import pytest
from django.db import connection, transaction

from sites.imports.copying import copy_in_parts


@pytest.mark.parametrize("size", [1, 2, 5])
def test_rows_that_are_slow_to_read_are_waited_for_between_statements(db, superuser_uri, size):
    with (
        psycopg.connect(superuser_uri, autocommit=True) as server,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        # The product's sessions show nobody what they do.
        cursor.execute("SELECT planting.run($$SELECT set_config('track_activities', 'on', true)$$)")
        cursor.execute("CREATE TEMPORARY TABLE slow (number integer) ON COMMIT DROP")
        met = []

        def rows():
            for number in range(5):
                asked = "SELECT state FROM pg_stat_activity WHERE pid = %s"
                met.append(server.execute(asked, [connection.connection.info.backend_pid]).fetchone()[0])
                yield (number,)

        copy_in_parts(cursor, "slow", ["number"], rows(), size=size)
        cursor.execute("SELECT number FROM slow ORDER BY number")
        assert cursor.fetchall() == [(number,) for number in range(5)]
    assert met == ["idle in transaction"] * 5
