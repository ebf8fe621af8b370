"""Let people turn off each kind of mail that tells what awaits them, and old mails be deleted."""

import django.contrib.postgres.fields
from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("accounts", "0015_told_by_mail")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="mails_off",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20), default=list, editable=False, size=None
            ),
        ),
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
                ],
                max_length=20,
            ),
        ),
        policies(__file__, "0016_mails_that_tell"),
    ]
