"""Write the French names of models with typographic apostrophes; change no table."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_journal_names"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="apitoken",
            options={
                "ordering": ("-created_at", "-id"),
                "verbose_name": "jeton d’API",
                "verbose_name_plural": "jetons d’API",
            },
        ),
    ]
