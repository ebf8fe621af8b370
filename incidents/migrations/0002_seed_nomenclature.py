"""Load the shared nomenclature (AORIF booklet, table 2): the 31 fact types of this migration's own file."""

import csv
from pathlib import Path

from django.db import migrations

# The file stands beside this migration and never changes: later types have their own migrations.
SOURCE = Path(__file__).resolve().with_name("0002_nomenclature.csv")


def load(apps, schema_editor):
    fact_type = apps.get_model("incidents", "FactType")
    with SOURCE.open(encoding="utf-8", newline="") as file:
        rows = [
            fact_type(
                code=row["code"],
                family=row["family"],
                gravity=int(row["gravity"]),
                label_fr=row["label_fr"],
                label_en=row["label_en"],
                listed_daily=row["listed_daily"] == "1",
                listed_regular=row["listed_regular"] == "1",
                listed_occasional=row["listed_occasional"] == "1",
            )
            for row in csv.DictReader(file)
        ]
    fact_type.objects.using(schema_editor.connection.alias).bulk_create(rows)


def unload(apps, schema_editor):
    apps.get_model("incidents", "FactType").objects.using(schema_editor.connection.alias).all().delete()


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial")]

    operations = [migrations.RunPython(load, unload)]
