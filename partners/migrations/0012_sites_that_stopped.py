"""Freeze the level that a site had before its recording stopped, and give sites frozen before their mark."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0011_publication_requests"),
    ]

    operations = [
        migrations.AddField(
            model_name="publishedsite",
            name="level_before",
            field=models.PositiveSmallIntegerField(
                choices=[
                    (1, "tranquille"),
                    (2, "incivilités récurrentes"),
                    (3, "délinquance réelle"),
                    (4, "tension installée"),
                ],
                null=True,
                verbose_name="niveau avant l’interruption",
            ),
        ),
        migrations.AddField(
            model_name="publishedsite",
            name="mark",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(level=1, silent=True, then=models.Value(0)),
                    default=models.F("level"),
                    output_field=models.PositiveSmallIntegerField(),
                ),
                output_field=models.PositiveSmallIntegerField(
                    choices=[
                        (0, "saisie interrompue"),
                        (1, "tranquille"),
                        (2, "incivilités récurrentes"),
                        (3, "délinquance réelle"),
                        (4, "tension installée"),
                    ]
                ),
                verbose_name="marque",
            ),
        ),
    ]
