import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partners", "0008_published_sites_bear_keys")]

    operations = [
        migrations.AddField(
            model_name="synthesisnote",
            name="queued_at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
    ]
