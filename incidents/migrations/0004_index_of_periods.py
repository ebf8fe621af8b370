"""Index the places of a period, for the map between two dates."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_journal_names"),
        ("incidents", "0003_index_of_reporters"),
        ("sites", "0003_priority_neighbourhoods"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(
                condition=models.Q(("cancelled_at", None), ("span_end", None)),
                fields=["day"],
                include=("residence", "address", "fact_type", "landlord", "commune"),
                name="incident_period_idx",
            ),
        ),
    ]
