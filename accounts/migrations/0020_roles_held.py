"""Have each membership taken once from one accepted proposal, and what is proposed guarded from those it binds."""

import django.db.models.deletion
from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("accounts", "0019_sessions")]

    operations = [
        migrations.AlterField(
            model_name="proposal",
            name="membership",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="proposals",
                to="accounts.membership",
            ),
        ),
        migrations.AlterField(
            model_name="proposal",
            name="confirmation",
            field=models.CharField(
                choices=[
                    ("none", "sans objet"),
                    ("awaited", "attendue"),
                    ("officer", "attendue du délégué à la protection des données"),
                    ("given", "donnée"),
                    ("nobody", "personne ne pouvait la donner"),
                ],
                default="none",
                max_length=10,
            ),
        ),
        migrations.RemoveConstraint(model_name="proposal", name="proposal_waits_once"),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("purpose", ""), ("state", "waiting")),
                fields=("user", "organisation", "role"),
                name="proposal_waits_once",
            ),
        ),
        policies(__file__, "0020_roles_held"),
    ]
