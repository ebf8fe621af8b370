"""Keep what security leads decide about proposed levels, and show sites with the level that they retained."""

import django.db.models.deletion
import django.db.models.functions.comparison
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0034_mail_of_an_end"),
        ("classification", "0009_words_of_the_booklet"),
        ("sites", "0023_grants"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("as_of", models.DateField(editable=False, verbose_name="niveau au")),
                (
                    "proposed",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "tranquille"),
                            (2, "incivilités récurrentes"),
                            (3, "délinquance réelle"),
                            (4, "tension installée"),
                        ],
                        editable=False,
                        verbose_name="niveau proposé",
                    ),
                ),
                ("silent", models.BooleanField(editable=False, verbose_name="saisie interrompue")),
                (
                    "retained",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "tranquille"),
                            (2, "incivilités récurrentes"),
                            (3, "délinquance réelle"),
                            (4, "tension installée"),
                        ],
                        verbose_name="niveau retenu",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="motif")),
                (
                    "decided_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="décidé le"
                    ),
                ),
                ("ended_on", models.DateField(editable=False, null=True, verbose_name="caduque depuis le")),
                (
                    "ending",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("lapsed", "caduque : ce sur quoi elle portait a changé"),
                            ("replaced", "remplacée par une autre décision"),
                            ("withdrawn", "retirée"),
                        ],
                        editable=False,
                        max_length=10,
                        verbose_name="fin",
                    ),
                ),
                (
                    "end_reason",
                    models.CharField(
                        blank=True, editable=False, max_length=200, verbose_name="motif du retrait"
                    ),
                ),
                (
                    "lapsed_level",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "tranquille"),
                            (2, "incivilités récurrentes"),
                            (3, "délinquance réelle"),
                            (4, "tension installée"),
                        ],
                        editable=False,
                        null=True,
                        verbose_name="niveau proposé depuis",
                    ),
                ),
                (
                    "lapsed_silent",
                    models.BooleanField(editable=False, null=True, verbose_name="saisie interrompue depuis"),
                ),
                ("told_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "verbose_name": "décision sur un niveau",
                "verbose_name_plural": "décisions sur les niveaux",
                "ordering": ("-decided_at", "-id"),
            },
        ),
        migrations.AddField(
            model_name="sitelevel",
            name="decided_on",
            field=models.DateField(null=True, verbose_name="décidé le"),
        ),
        migrations.AddField(
            model_name="sitelevel",
            name="retained",
            field=models.PositiveSmallIntegerField(
                choices=[
                    (1, "tranquille"),
                    (2, "incivilités récurrentes"),
                    (3, "délinquance réelle"),
                    (4, "tension installée"),
                ],
                null=True,
                verbose_name="niveau retenu",
            ),
        ),
        # The expression of a generated column cannot be altered.
        migrations.RemoveField(model_name="sitelevel", name="mark"),
        migrations.AddField(
            model_name="sitelevel",
            name="mark",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(
                        models.Q(
                            ("retained", 1), models.Q(("level", 1), ("retained", None)), _connector="OR"
                        ),
                        silent=True,
                        then=models.Value(0),
                    ),
                    default=django.db.models.functions.comparison.Coalesce("retained", "level"),
                    output_field=models.PositiveSmallIntegerField(),
                ),
                output_field=models.PositiveSmallIntegerField(
                    choices=[
                        (0, "saisie interrompue"),
                        (1, "tranquille"),
                        (2, "incivilités récurrentes"),
                        (3, "délinquance réelle"),
                        (4, "tension installée"),
                    ]
                ),
                verbose_name="marque",
            ),
        ),
        migrations.AddConstraint(
            model_name="sitelevel",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_on", None), ("retained", None)),
                    models.Q(
                        ("decided_on__isnull", False),
                        ("retained__isnull", False),
                        ("retained__range", (1, 4)),
                    ),
                    _connector="OR",
                ),
                name="site_level_is_decided_on_a_day",
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="commune",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="sites.commune",
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="decided_by",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="ended_by",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="landlord",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="residence",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="decisions",
                to="sites.residence",
            ),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(fields=["residence", "-decided_at"], name="decision_history_idx"),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(fields=["landlord", "ended_on"], name="decision_landlord_idx"),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on", None)),
                fields=("residence",),
                name="decision_stands_alone_at_its_site",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(("proposed__range", (1, 4)), ("retained__range", (1, 4))),
                name="decision_levels_are_1_to_4",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("retained", models.F("proposed")), ("silent", False)),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="decision_says_why_it_departs",
                violation_error_message="Retenir un autre niveau que celui proposé demande un motif.",
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_on", None), ("ending", "")),
                    models.Q(("ended_on__isnull", False), models.Q(("ending", ""), _negated=True)),
                    _connector="OR",
                ),
                name="decision_ends_for_something",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="decision",
            trigger=pgtrigger.compiler.Trigger(
                name="decision_is_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."as_of" IS DISTINCT FROM (NEW."as_of") OR OLD."decided_at" IS DISTINCT FROM (NEW."decided_at") OR OLD."decided_by_id" IS DISTINCT FROM (NEW."decided_by_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."proposed" IS DISTINCT FROM (NEW."proposed") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."residence_id" IS DISTINCT FROM (NEW."residence_id") OR OLD."retained" IS DISTINCT FROM (NEW."retained") OR OLD."silent" IS DISTINCT FROM (NEW."silent"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="4de69410f4d084c58ba3ec850d323114ded765b5",
                    operation="UPDATE",
                    pgid="pgtrigger_decision_is_frozen_d97e2",
                    table="classification_decision",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="decision",
            trigger=pgtrigger.compiler.Trigger(
                name="decision_ends_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.ended_on IS NOT NULL AND (OLD.ended_on, OLD.ending, OLD.ended_by_id, OLD.end_reason) IS DISTINCT FROM (NEW.ended_on, NEW.ending, NEW.ended_by_id, NEW.end_reason))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="0416be6c20d8d24c72e5d277491af2f6733140e4",
                    operation="UPDATE",
                    pgid="pgtrigger_decision_ends_once_04fad",
                    table="classification_decision",
                    when="BEFORE",
                ),
            ),
        ),
        policies(__file__, "0010_decisions"),
    ]
