from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [
        ("sites", "0002_assignments_within_a_landlord"),
    ]

    operations = [
        migrations.CreateModel(
            name="PriorityNeighbourhood",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=12, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=200, verbose_name="nom")),
                ("outline", models.JSONField(verbose_name="contour")),
                ("west", models.FloatField()),
                ("south", models.FloatField()),
                ("east", models.FloatField()),
                ("north", models.FloatField()),
            ],
            options={
                "verbose_name": "quartier prioritaire",
                "verbose_name_plural": "quartiers prioritaires",
                "ordering": ("code",),
            },
        ),
        policies(__file__, "0003_neighbourhoods"),
    ]
