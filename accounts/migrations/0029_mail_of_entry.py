"""Have people mailed when what opens their account changed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0028_own_account")]

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
                    ("factor", "Second facteur à effacer"),
                    ("entry", "Mot de passe ou second facteur changé"),
                ],
                max_length=20,
            ),
        ),
    ]
