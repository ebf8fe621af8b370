"""Keep campaigns of diagnosis, and the assessments that they freeze."""

import django.contrib.postgres.fields
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
        ("classification", "0011_whose_decision"),
        ("sites", "0023_grants"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Campaign",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="nom")),
                ("as_of", models.DateField(verbose_name="niveaux au")),
                (
                    "landlords",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, editable=False, size=None
                    ),
                ),
                ("deadline", models.DateField(verbose_name="décider au plus tard le")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "en préparation"),
                            ("open", "ouverte"),
                            ("closed", "arrêtée"),
                            ("cancelled", "annulée"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=10,
                        verbose_name="état",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("opened_at", models.DateTimeField(editable=False, null=True, verbose_name="ouverte le")),
                ("cancelled_at", models.DateTimeField(editable=False, null=True, verbose_name="annulée le")),
                (
                    "cancel_reason",
                    models.CharField(blank=True, editable=False, max_length=200, verbose_name="motif"),
                ),
                (
                    "cancelled_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "grid_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="classification.gridversion",
                        verbose_name="version de la grille",
                    ),
                ),
                (
                    "opened_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "territory",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="campaigns",
                        to="sites.territory",
                        verbose_name="territoire",
                    ),
                ),
            ],
            options={
                "verbose_name": "campagne de diagnostic",
                "verbose_name_plural": "campagnes de diagnostic",
                "ordering": ("-as_of", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Closing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "en attente"),
                            ("running", "en cours"),
                            ("done", "terminé"),
                            ("failed", "échoué"),
                        ],
                        default="queued",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("progress_done", models.PositiveIntegerField(default=0, editable=False)),
                ("progress_total", models.PositiveIntegerField(default=0, editable=False)),
                ("error", models.TextField(blank=True, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("queued_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("finished_at", models.DateTimeField(editable=False, null=True)),
                ("number", models.PositiveSmallIntegerField(editable=False, verbose_name="version")),
                (
                    "reason",
                    models.CharField(blank=True, editable=False, max_length=200, verbose_name="motif"),
                ),
                ("read_at", models.DateTimeField(editable=False, null=True, verbose_name="arrêtée au")),
                ("sites", models.PositiveIntegerField(default=0, editable=False, verbose_name="sites")),
                (
                    "campaign",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="closings",
                        to="classification.campaign",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "territory",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sites.territory",
                    ),
                ),
            ],
            options={
                "verbose_name": "arrêt d’une campagne",
                "verbose_name_plural": "arrêts de campagnes",
                "ordering": ("-number",),
            },
        ),
        migrations.CreateModel(
            name="Assessment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("as_of", models.DateField(verbose_name="niveau au")),
                ("name", models.CharField(max_length=200, verbose_name="résidence")),
                ("dwellings", models.PositiveIntegerField(verbose_name="logements")),
                ("in_priority_neighbourhood", models.BooleanField(verbose_name="en QPV")),
                ("longitude", models.FloatField(null=True)),
                ("latitude", models.FloatField(null=True)),
                (
                    "level",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "tranquille"),
                            (2, "incivilités récurrentes"),
                            (3, "délinquance réelle"),
                            (4, "tension installée"),
                        ],
                        verbose_name="niveau proposé",
                    ),
                ),
                (
                    "facts_level",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "tranquille"),
                            (2, "incivilités récurrentes"),
                            (3, "délinquance réelle"),
                            (4, "tension installée"),
                        ],
                        verbose_name="niveau selon les faits",
                    ),
                ),
                (
                    "impact_level",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "tranquille"),
                            (2, "incivilités récurrentes"),
                            (3, "délinquance réelle"),
                            (4, "tension installée"),
                        ],
                        verbose_name="niveau selon l’impact",
                    ),
                ),
                ("last_day", models.DateField(null=True, verbose_name="dernier fait")),
                ("silent", models.BooleanField(verbose_name="saisie interrompue")),
                (
                    "level_before",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "tranquille"),
                            (2, "incivilités récurrentes"),
                            (3, "délinquance réelle"),
                            (4, "tension installée"),
                        ],
                        null=True,
                        verbose_name="niveau avant l’interruption",
                    ),
                ),
                ("unseen", models.BooleanField(verbose_name="perturbation non encore vue")),
                (
                    "retained",
                    models.PositiveSmallIntegerField(
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
                ("decided_on", models.DateField(null=True, verbose_name="décidé le")),
                (
                    "decision_reason",
                    models.CharField(blank=True, max_length=200, verbose_name="motif de la décision"),
                ),
                (
                    "mark",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(
                                models.Q(
                                    ("retained", 1),
                                    models.Q(("level", 1), ("retained", None)),
                                    _connector="OR",
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
                ("addresses", models.JSONField()),
                ("findings", models.JSONField()),
                ("disruptions", models.JSONField()),
                (
                    "commune",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sites.commune",
                    ),
                ),
                (
                    "landlord",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "residence",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="assessments",
                        to="sites.residence",
                    ),
                ),
                (
                    "closing",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessments",
                        to="classification.closing",
                    ),
                ),
            ],
            options={
                "verbose_name": "site arrêté",
                "verbose_name_plural": "sites arrêtés",
                "ordering": ("-level", "id"),
            },
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("deadline__gte", models.F("as_of"))),
                name="campaign_is_decided_after_its_day",
                violation_error_message="L’échéance ne peut pas précéder le jour des niveaux.",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("draft", "cancelled")), ("opened_at__isnull", False), _connector="OR"
                ),
                name="campaign_opens_at_a_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("cancelled_at__isnull", False),
                        ("state", "cancelled"),
                        models.Q(("cancel_reason", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("state", "cancelled"), _negated=True),
                        ("cancel_reason", ""),
                        ("cancelled_at", None),
                    ),
                    _connector="OR",
                ),
                name="campaign_is_cancelled_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")),
                fields=("territory",),
                name="campaign_is_open_alone",
                violation_error_message="Une campagne est déjà ouverte sur ce territoire.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="campaign",
            trigger=pgtrigger.compiler.Trigger(
                name="campaign_is_fixed_once_open",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.state <> 'draft' AND (OLD.territory_id, OLD.name, OLD.as_of, OLD.grid_version_id, OLD.landlords, OLD.created_at, OLD.created_by_id) IS DISTINCT FROM (NEW.territory_id, NEW.name, NEW.as_of, NEW.grid_version_id, NEW.landlords, NEW.created_at, NEW.created_by_id))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="52351c3de5972fe8c3aa576d6b9f1221c1b81f1c",
                    operation="UPDATE",
                    pgid="pgtrigger_campaign_is_fixed_once_open_598dd",
                    table="classification_campaign",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="campaign",
            trigger=pgtrigger.compiler.Trigger(
                name="campaign_stays_once_open",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.state <> 'draft')",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="4020d743af866fe1b3b1ddcc463df11c7011743b",
                    operation="DELETE",
                    pgid="pgtrigger_campaign_stays_once_open_d3d7d",
                    table="classification_campaign",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="campaign",
            trigger=pgtrigger.compiler.Trigger(
                name="campaign_goes_forward",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.state <> NEW.state AND OLD.state || '>' || NEW.state NOT IN ('draft>open', 'open>closed', 'open>cancelled'))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="fad652b7dfeace40366b035360632ad02bc2069c",
                    operation="UPDATE",
                    pgid="pgtrigger_campaign_goes_forward_2e384",
                    table="classification_campaign",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="closing",
            constraint=models.UniqueConstraint(
                fields=("campaign", "number"), name="closing_number_is_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="closing",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "done"), _negated=True),
                fields=("campaign",),
                name="closing_waits_alone",
                violation_error_message="Les niveaux de cette campagne sont déjà en cours d’arrêt.",
            ),
        ),
        migrations.AddConstraint(
            model_name="closing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("read_at__isnull", False), ("state", "done")),
                    models.Q(models.Q(("state", "done"), _negated=True), ("read_at", None)),
                    _connector="OR",
                ),
                name="closing_is_read_at_a_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="closing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("number", 1), ("reason", "")),
                    models.Q(("number__gt", 1), models.Q(("reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="closing_says_why_it_supersedes",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="closing",
            trigger=pgtrigger.compiler.Trigger(
                name="closing_is_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.state = 'done')",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="a7bf266b39cb90cd8618c31a67156d468a43a00a",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_closing_is_frozen_eb9db",
                    table="classification_closing",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="assessment",
            index=models.Index(fields=["landlord", "as_of"], name="assessment_term_idx"),
        ),
        migrations.AddConstraint(
            model_name="assessment",
            constraint=models.UniqueConstraint(
                fields=("closing", "residence"), name="assessment_is_unique_in_a_closing"
            ),
        ),
        migrations.AddConstraint(
            model_name="assessment",
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
                name="assessment_is_decided_on_a_day",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="assessment",
            trigger=pgtrigger.compiler.Trigger(
                name="assessment_is_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="b3285d4b9a1347a598f8f900b36c8dad7b0dd3da",
                    operation="UPDATE",
                    pgid="pgtrigger_assessment_is_frozen_2d22c",
                    table="classification_assessment",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="assessment",
            trigger=pgtrigger.compiler.Trigger(
                name="assessment_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT palier_is_system('retention'))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="9ddab40addd14981a90558f3719ba04194e5af44",
                    operation="DELETE",
                    pgid="pgtrigger_assessment_stays_a44e0",
                    table="classification_assessment",
                    when="BEFORE",
                ),
            ),
        ),
        policies(__file__, "0012_campaigns"),
    ]
