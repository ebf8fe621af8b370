"""No statement of an import lasts as long as its file is read."""

import time

import pytest
from django.db import connection, transaction

from sites.imports.copying import copy_in_parts


def slow_rows():
    for number in range(5):
        time.sleep(0.15)
        yield (number,)


def copied(size):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE slow (number integer) ON COMMIT DROP")
        cursor.execute("SET LOCAL statement_timeout = '400ms'")
        copy_in_parts(cursor, "slow", ["number"], slow_rows(), size=size)
        cursor.execute("SELECT number FROM slow ORDER BY number")
        return [number for (number,) in cursor.fetchall()]


@pytest.mark.parametrize("size", [1, 2, 5])
def test_rows_that_are_slow_to_read_are_copied_before_the_limit_on_a_statement(size):
    assert copied(size) == [0, 1, 2, 3, 4]
