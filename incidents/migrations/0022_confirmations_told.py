"""Keep when people were told that a confirmation is about to count no more."""

from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("incidents", "0021_subtypes_at_own_places")]

    operations = [
        migrations.AddField(
            model_name="confirmation",
            name="told_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        policies(__file__, "0022_confirmations_told"),
    ]
