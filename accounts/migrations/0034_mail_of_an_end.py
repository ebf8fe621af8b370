"""Have people mailed when a role or a mandate of theirs is ended."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0033_settled")]

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
                    ("ended", "Rôle ou habilitation terminés"),
                ],
                max_length=20,
            ),
        ),
    ]
