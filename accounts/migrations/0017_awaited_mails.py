"""Know the mails that tell of an awaited answer."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0016_mails_that_tell"),
    ]

    operations = [
        migrations.AlterField(
            model_name="mail",
            name="kind",
            field=models.CharField(
                choices=[
                    ("invitation", "Invitation"),
                    ("password", "Mot de passe oublié"),
                    ("trial", "Essai d’envoi"),
                    ("change", "Changement"),
                    ("import", "Import en échec"),
                    ("observation", "Constats à confirmer"),
                    ("awaited", "Réponse attendue"),
                ],
                max_length=20,
            ),
        ),
    ]
