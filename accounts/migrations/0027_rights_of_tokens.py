"""Say what each token may do; those made before may do all, as they did."""

import django.contrib.postgres.fields
from django.db import migrations, models

RIGHTS = [
    ("write", "enregistrer des faits"),
    ("read", "lire les faits"),
    ("narratives", "lire leurs précisions"),
]


def _field(default):
    return django.contrib.postgres.fields.ArrayField(
        base_field=models.CharField(choices=RIGHTS, max_length=20), default=default, size=None
    )


def _all():
    return [right for right, _label in RIGHTS]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0026_retention")]

    operations = [
        migrations.AddField(model_name="apitoken", name="rights", field=_field(_all)),
        migrations.AlterField(model_name="apitoken", name="rights", field=_field(list)),
    ]
