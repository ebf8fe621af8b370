"""Create the table of mails: what was sent to whom, and what became of it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0013_french_order"),
    ]

    operations = [
        migrations.CreateModel(
            name="Mail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("invitation", "Invitation"),
                            ("password", "Mot de passe oublié"),
                            ("trial", "Essai d’envoi"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("agent", "Agent de proximité"),
                            ("lead", "Référent sûreté"),
                            ("coordinator", "Coordonnateur"),
                            ("partner", "Partenaire"),
                            ("admin", "Administrateur"),
                            ("dpo", "Délégué à la protection des données"),
                        ],
                        max_length=20,
                    ),
                ),
                ("purpose", models.CharField(blank=True, max_length=300)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "en route"),
                            ("delivered", "remis au serveur de messagerie"),
                            ("failed", "échec"),
                            ("dropped", "sans objet"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                (
                    "problem",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("unreachable", "le serveur de messagerie ne répond pas"),
                            ("encryption", "la connexion chiffrée au serveur de messagerie ne s’établit pas"),
                            ("login", "le serveur de messagerie refuse le compte de Palier"),
                            ("sender", "le serveur de messagerie refuse l’adresse d’expéditeur de Palier"),
                            ("later", "le serveur de messagerie demande de réessayer plus tard"),
                            ("recipient", "le serveur de messagerie refuse l’adresse de cette personne"),
                            ("refused", "le serveur de messagerie refuse le message"),
                            ("unexpected", "une erreur inattendue a empêché l’envoi"),
                        ],
                        max_length=20,
                    ),
                ),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("next_try_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "inviting",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mails",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "e-mail",
                "verbose_name_plural": "e-mails",
                "ordering": ("-id",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "waiting"), ("ended_at__isnull", False), _connector="OR"
                        ),
                        name="mail_that_waits_no_more_ended_at_a_moment",
                    )
                ],
            },
        ),
        policies(__file__, "0014_mails"),
    ]
