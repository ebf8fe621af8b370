"""Give each residence a random identifier, from which keys that leave its landlord are derived."""

import django.contrib.postgres.functions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sites", "0005_scope")]

    operations = [
        migrations.AddField(
            model_name="residence",
            name="opaque_id",
            field=models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), editable=False),
        ),
    ]
