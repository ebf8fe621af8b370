from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sites", "0009_import_changes")]

    operations = [
        migrations.AddField(
            model_name="commune",
            name="former_codes",
            field=models.JSONField(default=list, verbose_name="anciens codes"),
        ),
        migrations.AddField(
            model_name="commune",
            name="former_names",
            field=models.JSONField(default=list, verbose_name="anciens noms"),
        ),
    ]
