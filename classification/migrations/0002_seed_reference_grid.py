"""Store the reference grid of the AORIF booklet as the default version."""

from django.db import migrations

from classification.method.grid import reference_grid


def load(apps, schema_editor):
    grid = reference_grid()
    apps.get_model("classification", "GridVersion").objects.using(schema_editor.connection.alias).create(
        name="AORIF 2018",
        is_default=True,
        cells={
            f"{int(g)}.{int(f)}": [int(level), str(grid.provenance[g, f])]
            for (g, f), level in grid.cells.items()
        },
        thresholds={str(int(f)): [t.occurrences, t.days] for f, t in grid.thresholds.items()},
    )


def unload(apps, schema_editor):
    versions = apps.get_model("classification", "GridVersion").objects
    versions.using(schema_editor.connection.alias).filter(name="AORIF 2018").delete()


class Migration(migrations.Migration):
    dependencies = [("classification", "0001_initial")]

    operations = [migrations.RunPython(load, unload)]
