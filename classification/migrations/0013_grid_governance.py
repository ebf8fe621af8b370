"""Have the grid of a territory adopted from a day on by its landlords, and versions of the grid saved and kept."""

import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0034_mail_of_an_end"),
        ("classification", "0012_sites_of_campaigns"),
        ("sites", "0023_grants"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AdoptionStep",
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
                            ("proposed", "proposée"),
                            ("accepted", "acceptée"),
                            ("refused", "refusée"),
                            ("withdrawn", "retirée"),
                        ],
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("organisation_name", models.CharField(editable=False, max_length=200)),
                ("by_name", models.CharField(editable=False, max_length=200)),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="motif")),
            ],
            options={
                "verbose_name": "étape de l’adoption d’une grille",
                "verbose_name_plural": "étapes de l’adoption d’une grille",
                "ordering": ("id",),
            },
        ),
        migrations.AddField(
            model_name="gridadoption",
            name="created_at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False),
        ),
        migrations.AddField(
            model_name="gridadoption",
            name="settled_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="gridadoption",
            name="starts_on",
            field=models.DateField(null=True, verbose_name="à partir du"),
        ),
        migrations.AddField(
            model_name="gridadoption",
            name="state",
            field=models.CharField(
                choices=[
                    ("proposed", "proposée"),
                    ("adopted", "adoptée"),
                    ("refused", "refusée"),
                    ("withdrawn", "retirée"),
                ],
                default="adopted",
                editable=False,
                max_length=10,
                verbose_name="état",
            ),
        ),
        migrations.AddField(
            model_name="gridversion",
            name="note",
            field=models.CharField(blank=True, max_length=200, verbose_name="note"),
        ),
        migrations.AddField(
            model_name="gridversion",
            name="sources",
            field=models.JSONField(default=dict, editable=False),
        ),
        migrations.AddField(
            model_name="gridversion",
            name="territory",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="sites.territory",
                verbose_name="territoire",
            ),
        ),
        migrations.AlterField(
            model_name="gridadoption",
            name="territory",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="grid_adoptions",
                to="sites.territory",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="gridversion",
            trigger=pgtrigger.compiler.Trigger(
                name="grid_is_never_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."cells" IS DISTINCT FROM (NEW."cells") OR OLD."confirmation_days" IS DISTINCT FROM (NEW."confirmation_days") OR OLD."disruption_days" IS DISTINCT FROM (NEW."disruption_days") OR OLD."note" IS DISTINCT FROM (NEW."note") OR OLD."sources" IS DISTINCT FROM (NEW."sources") OR OLD."territory_id" IS DISTINCT FROM (NEW."territory_id") OR OLD."thresholds" IS DISTINCT FROM (NEW."thresholds"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="d85b0c6ea1755a81c5d4f43ddc105000fa12c5e6",
                    operation="UPDATE",
                    pgid="pgtrigger_grid_is_never_changed_0201f",
                    table="classification_gridversion",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="gridadoption",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("starts_on", None), ("state", "adopted")),
                    models.Q(("settled_at", None), ("starts_on__isnull", False), ("state", "proposed")),
                    models.Q(
                        ("settled_at__isnull", False),
                        ("starts_on__isnull", False),
                        ("state__in", ("adopted", "refused", "withdrawn")),
                    ),
                    _connector="OR",
                ),
                name="adoption_is_settled_at_a_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="gridadoption",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "proposed")),
                fields=("territory",),
                name="adoption_is_proposed_alone",
                violation_error_message="Une grille est déjà proposée pour ce territoire.",
            ),
        ),
        migrations.AddField(
            model_name="adoptionstep",
            name="adoption",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="steps",
                to="classification.gridadoption",
            ),
        ),
        migrations.AddField(
            model_name="adoptionstep",
            name="by",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="adoptionstep",
            name="organisation",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="adoptionstep",
            name="territory",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="sites.territory",
            ),
        ),
        migrations.AddConstraint(
            model_name="adoptionstep",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind__in", ("accepted", "refused"))),
                fields=("adoption", "organisation"),
                name="adoption_is_answered_once",
                violation_error_message="Ce bailleur a déjà répondu.",
            ),
        ),
        migrations.AddConstraint(
            model_name="adoptionstep",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind", "accepted"), models.Q(("reason", ""), _negated=True), _connector="OR"
                ),
                name="adoption_step_says_why",
                violation_error_message="Refuser une grille demande un motif.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="adoptionstep",
            trigger=pgtrigger.compiler.Trigger(
                name="adoption_step_is_kept",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="d657838ce48a9b502876f560e16cdec07ce68532",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_adoption_step_is_kept_f9085",
                    table="classification_adoptionstep",
                    when="BEFORE",
                ),
            ),
        ),
        policies(__file__, "0013_grid_governance"),
    ]
