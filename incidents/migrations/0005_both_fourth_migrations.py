"""Join the two migrations that follow the third; they touch nothing in common."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0004_index_of_periods"),
        ("incidents", "0004_typographic_apostrophes"),
    ]

    operations = []
