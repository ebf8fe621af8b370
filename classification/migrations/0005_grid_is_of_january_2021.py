"""Name the reference grid after its source: the AORIF's tables of January 2021, not its plan of 2018."""

from django.db import migrations

BEFORE = "AORIF 2018"
AFTER = "AORIF 2021"


def _rename(old, new):
    def rename(apps, schema_editor):
        versions = apps.get_model("classification", "GridVersion").objects
        versions.using(schema_editor.connection.alias).filter(name=old).update(name=new)

    return rename


class Migration(migrations.Migration):
    dependencies = [("classification", "0004_typographic_apostrophes")]

    operations = [migrations.RunPython(_rename(BEFORE, AFTER), _rename(AFTER, BEFORE))]
