"""Add the mark of disruptions that a security lead has seen.

Those recorded so far have none: nobody was asked to look. They count as before; leads mark them all at once.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0013_moments_of_facts_to_place"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="disruption",
            name="seen_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="vue le"),
        ),
        migrations.AddField(
            model_name="disruption",
            name="seen_by",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
