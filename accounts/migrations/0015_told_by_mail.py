"""Let people turn off the e-mails that tell them what has changed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0014_mails")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="told_by_mail",
            field=models.BooleanField(default=True, verbose_name="prévenir par e-mail de ce qui change"),
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
                ],
                max_length=20,
            ),
        ),
    ]
