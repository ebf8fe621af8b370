import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sites", "0006_opaque_identifiers")]

    operations = [
        migrations.AddField(
            model_name="importrun",
            name="queued_at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
    ]
