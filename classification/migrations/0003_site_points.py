"""Repeat the points of places beside their levels, for the map."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("classification", "0002_seed_reference_grid"),
        ("sites", "0001_initial"),
    ]

    operations = [
        migrations.AddField("sitelevel", "longitude", models.FloatField(null=True, editable=False)),
        migrations.AddField("sitelevel", "latitude", models.FloatField(null=True, editable=False)),
        migrations.AddIndex(
            "sitelevel",
            models.Index(
                fields=["longitude", "latitude"],
                name="site_level_point_idx",
                condition=models.Q(longitude__isnull=False),
            ),
        ),
    ]
