"""Keep a fact that waits for a place when a later file replaces it, for the undoing of that file."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("incidents", "0009_unplaced_facts")]

    operations = [
        migrations.AddField(
            model_name="unplacedfact",
            name="replaced_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="replaced",
                to="incidents.unplacedfact",
            ),
        ),
    ]
