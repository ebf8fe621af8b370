"""Keep the reasons of withdrawals that were corrected."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partners", "0015_withdrawals")]

    operations = [
        migrations.AddField(
            model_name="withdrawal",
            name="former_reasons",
            field=models.JSONField(default=list, editable=False),
        ),
    ]
