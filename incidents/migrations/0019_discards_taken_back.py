"""Keep how a fact to place was discarded, once that is taken back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("incidents", "0018_answers_to_facts")]

    operations = [
        migrations.AddField(
            model_name="unplacedfact",
            name="former_discards",
            field=models.JSONField(
                db_default=models.Value([], models.JSONField()), default=list, editable=False
            ),
        ),
    ]
