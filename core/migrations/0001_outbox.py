"""Create the table of the outbox: tasks that wait to be handed to the broker."""

import uuid

import django.utils.timezone
from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    initial = True

    # The policies call functions that accounts.0001_initial creates.
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("task", models.CharField(max_length=100)),
                ("arguments", models.JSONField(default=list)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("attempts", models.PositiveIntegerField(default=0)),
                ("last_error", models.CharField(blank=True, max_length=100)),
                ("not_before", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
            ],
            options={"ordering": ("not_before", "id")},
        ),
        policies(__file__, "0001_outbox"),
    ]
