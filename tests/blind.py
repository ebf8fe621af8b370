"""Write a row and ask nothing back.

Django has the database return what it wrote, which the policies of reading refuse too: a policy of
writing that refuses nothing would not be noticed.
"""

from django.db import connection, models
from django.db.models.expressions import DatabaseDefault


def insert(row: models.Model) -> None:
    """Insert ``row`` with a statement that returns nothing; the database fills in its own defaults."""
    own = {
        field: field.pre_save(row, add=True) for field in row._meta.concrete_fields if not field.primary_key
    }
    fields = [field for field, value in own.items() if not isinstance(value, DatabaseDefault)]
    values = [field.get_db_prep_save(own[field], connection) for field in fields]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        cursor.execute(f'INSERT INTO "{row._meta.db_table}" ({columns}) VALUES ({marks})', values)
