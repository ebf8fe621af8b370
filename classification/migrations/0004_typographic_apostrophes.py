"""Write the French names with typographic apostrophes; no table changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("classification", "0003_site_points"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="gridadoption",
            options={
                "verbose_name": "adoption d’une grille",
                "verbose_name_plural": "adoptions d’une grille",
            },
        ),
        migrations.AlterField(
            model_name="sitelevel",
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
