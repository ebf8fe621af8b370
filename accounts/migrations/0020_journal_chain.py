"""Chain the entries of the journal, keep them from any change, and let the database date them."""

import django.db.models.deletion
import pgtrigger.migrations
from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0019_sessions"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditCheckpoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("heads", models.JSONField(default=list)),
                ("entries", models.BigIntegerField()),
                ("problem", models.JSONField(null=True)),
                ("previous", models.CharField(blank=True, max_length=64)),
                ("digest", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "point de contrôle du journal",
                "verbose_name_plural": "points de contrôle du journal",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="AuditLink",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="link",
                        serialize=False,
                        to="accounts.auditentry",
                    ),
                ),
                ("journal", models.BigIntegerField()),
                ("number", models.BigIntegerField(null=True)),
                ("previous", models.BinaryField(null=True)),
                ("sealed_at", models.DateTimeField(null=True)),
                ("digest", models.BinaryField(null=True)),
            ],
            options={
                "verbose_name": "maillon du journal",
                "verbose_name_plural": "maillons du journal",
                "ordering": ("journal", "number"),
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="auditentry",
            name="audit_is_append_only",
        ),
        migrations.AddField(
            model_name="auditentry",
            name="acting_for",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="auditentry",
            name="acting_name",
            field=models.CharField(blank=True, db_default="", max_length=200),
        ),
        migrations.AddField(
            model_name="auditentry",
            name="actor_name",
            field=models.CharField(blank=True, db_default="", max_length=254),
        ),
        migrations.AddField(
            model_name="auditentry",
            name="places",
            field=models.TextField(blank=True, db_default=""),
        ),
        migrations.AddField(
            model_name="auditentry",
            name="role",
            field=models.CharField(
                blank=True,
                choices=[
                    ("agent", "Agent de proximité"),
                    ("lead", "Référent sûreté"),
                    ("coordinator", "Coordonnateur"),
                    ("partner", "Partenaire"),
                    ("admin", "Administrateur"),
                    ("dpo", "Délégué à la protection des données"),
                ],
                db_default="",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="auditentry",
            name="subject",
            field=models.CharField(blank=True, db_default="", max_length=300),
        ),
        migrations.AlterField(
            model_name="auditentry",
            name="action",
            field=models.CharField(
                choices=[
                    ("login", "connexion"),
                    ("logout", "déconnexion"),
                    ("login_failed", "connexion refusée"),
                    ("refused", "accès refusé"),
                    ("search", "recherche"),
                    ("read", "consultation"),
                    ("create", "création"),
                    ("update", "modification"),
                    ("cancel", "annulation"),
                    ("export", "export"),
                    ("download", "téléchargement"),
                    ("import", "import"),
                    ("publish", "publication"),
                    ("erase", "effacement"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddIndex(
            model_name="auditlink",
            index=models.Index(
                condition=models.Q(("number", None)), fields=["journal"], name="audit_link_waiting_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="auditlink",
            constraint=models.UniqueConstraint(
                fields=("journal", "number"), name="audit_link_number_is_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="auditlink",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("number", None),
                    models.Q(
                        ("digest__isnull", False), ("previous__isnull", False), ("sealed_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="audit_link_with_a_number_is_whole",
            ),
        ),
        policies(__file__, "0020_journal_chain"),
    ]
