"""Keep the instants of facts whose files tell the zone until somebody has said where they happened."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("incidents", "0012_lives_of_lasting_records")]

    operations = [
        migrations.AddField("unplacedfact", "moment", models.DateTimeField(null=True)),
        migrations.AddField("unplacedfact", "moment_end", models.DateTimeField(null=True)),
        migrations.AddField("unplacedfact", "hour_told", models.BooleanField(default=False)),
    ]
