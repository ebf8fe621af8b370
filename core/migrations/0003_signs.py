"""Create the table of signs: when processes and services of the installation last answered."""

from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0002_given_up"),
    ]

    operations = [
        migrations.CreateModel(
            name="Sign",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("asked_at", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("problem", models.CharField(blank=True, max_length=20)),
                ("failing_since", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ("name",),
            },
        ),
        policies(__file__, "0003_signs"),
    ]
