"""Have roles proposed to people, who accept or refuse them, and guard what makes somebody hold one."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0017_awaited_mails"),
    ]

    operations = [
        migrations.CreateModel(
            name="Proposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("agent", "Agent de proximité"),
                            ("lead", "Référent sûreté"),
                            ("coordinator", "Coordonnateur"),
                            ("partner", "Partenaire"),
                            ("admin", "Administrateur"),
                            ("dpo", "Délégué à la protection des données"),
                        ],
                        max_length=20,
                        verbose_name="rôle",
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="adresse e-mail")),
                ("full_name", models.CharField(max_length=150, verbose_name="nom")),
                ("purpose", models.CharField(blank=True, max_length=300)),
                ("proposed_at", models.DateTimeField(auto_now_add=True)),
                ("lapses_on", models.DateField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "en attente de réponse"),
                            ("accepted", "acceptée"),
                            ("refused", "refusée"),
                            ("withdrawn", "retirée"),
                            ("lapsed", "sans réponse"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "confirmation",
                    models.CharField(
                        choices=[
                            ("none", "sans objet"),
                            ("awaited", "attendue"),
                            ("given", "donnée"),
                            ("nobody", "personne ne pouvait la donner"),
                        ],
                        default="none",
                        max_length=10,
                    ),
                ),
                ("prepared", models.JSONField(blank=True, default=dict)),
                (
                    "seen_by",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "confirmed_by",
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
                    "membership",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="proposal",
                        to="accounts.membership",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="proposals",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "proposition de rôle",
                "verbose_name_plural": "propositions de rôle",
                "ordering": ("-proposed_at", "-id"),
            },
        ),
        migrations.AddField(
            model_name="mail",
            name="proposal",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="mails",
                to="accounts.proposal",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "waiting")),
                fields=("user", "organisation", "role"),
                name="proposal_waits_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("user", models.F("proposed_by")), _negated=True),
                name="proposal_is_not_to_oneself",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "waiting"), ("answered_at__isnull", False), _connector="OR"),
                name="proposal_that_waits_no_more_ended_at_a_moment",
            ),
        ),
        policies(__file__, "0018_proposals"),
    ]
