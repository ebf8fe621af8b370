"""Store the reference grid as the default version, with the values of this migration alone."""

from django.db import migrations

# "gravity.frequency": [level, provenance].
CELLS = {
    "1.1": [1, "reconstructed"],
    "1.2": [1, "reconstructed"],
    "1.3": [2, "worked_example"],
    "2.1": [1, "reconstructed"],
    "2.2": [2, "reconstructed"],
    "2.3": [3, "worked_example"],
    "3.1": [2, "worked_example"],
    "3.2": [3, "reconstructed"],
    "3.3": [4, "reconstructed"],
    "4.1": [3, "worked_example"],
    "4.2": [4, "reconstructed"],
    "4.3": [4, "reconstructed"],
}
# "frequency": [occurrences, days].
THRESHOLDS = {"3": [8, 28], "2": [6, 91], "1": [1, 365]}


def load(apps, schema_editor):
    apps.get_model("classification", "GridVersion").objects.using(schema_editor.connection.alias).create(
        name="AORIF 2018", is_default=True, cells=CELLS, thresholds=THRESHOLDS
    )


def unload(apps, schema_editor):
    versions = apps.get_model("classification", "GridVersion").objects
    versions.using(schema_editor.connection.alias).filter(name="AORIF 2018").delete()


class Migration(migrations.Migration):
    dependencies = [("classification", "0001_initial")]

    operations = [migrations.RunPython(load, unload)]
