"""Count the attempts that fail for the message's own reason, and mark the messages that are given up."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0001_outbox")]

    operations = [
        migrations.AddField(
            model_name="message", name="failures", field=models.PositiveSmallIntegerField(default=0)
        ),
        migrations.AddField(model_name="message", name="given_up_at", field=models.DateTimeField(null=True)),
    ]
