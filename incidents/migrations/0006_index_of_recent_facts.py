"""Index facts by day, and by residence and day, for the lists: under the policies an index by landlord gives no order."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_names"),
        ("incidents", "0005_typographic_apostrophes"),
        ("sites", "0003_priority_neighbourhoods"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(model_name="incident", name="incident_list_idx"),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["-day", "-id"], name="incident_recent_idx"),
        ),
        migrations.AddIndex(
            model_name="incident",
            index=models.Index(fields=["residence", "-day", "-id"], name="incident_residence_idx"),
        ),
    ]
