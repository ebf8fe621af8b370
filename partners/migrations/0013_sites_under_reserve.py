"""Mark published sites where a disruption that no lead has seen yet is not counted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0012_sites_that_stopped"),
    ]

    operations = [
        migrations.AddField(
            model_name="publishedsite",
            name="unseen",
            field=models.BooleanField(default=False, verbose_name="perturbation non encore vue"),
        ),
    ]
