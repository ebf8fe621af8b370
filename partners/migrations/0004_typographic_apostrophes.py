"""Write the French names with typographic apostrophes; no table changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0003_copies_follow_circles"),
    ]

    operations = [
        migrations.AlterField(
            model_name="publishedsite",
            name="impact_level",
            field=models.PositiveSmallIntegerField(
                choices=[
                    (1, "tranquille"),
                    (2, "incivilités récurrentes"),
                    (3, "délinquance réelle"),
                    (4, "tension installée"),
                ],
                verbose_name="niveau selon l’impact",
            ),
        ),
    ]
