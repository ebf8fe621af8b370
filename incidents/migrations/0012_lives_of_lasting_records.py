"""Let disruptions and standing observations be corrected and cancelled, and keep their earlier states."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0012_other_names"),
        ("incidents", "0011_presence_impossible"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("sites", "0015_who_goes_on_with_an_import"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DisruptionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("changed_at", models.DateTimeField(editable=False, null=True)),
                ("cancelled_at", models.DateTimeField(editable=False, null=True)),
                (
                    "cancel_reason",
                    models.CharField(
                        blank=True,
                        db_default="",
                        editable=False,
                        max_length=200,
                        verbose_name="motif d’annulation",
                    ),
                ),
                (
                    "service",
                    models.CharField(
                        choices=[
                            ("lift", "Ascenseur"),
                            ("entrance", "Porte d’entrée et interphone"),
                            ("lighting", "Éclairage"),
                            ("cleaning", "Nettoyage"),
                            ("waste", "Déchets"),
                            ("heating", "Chauffage"),
                            ("car_park", "Parking"),
                            ("deliveries", "Courrier et livraisons"),
                            ("contractors", "Interventions des prestataires"),
                            ("staff_presence", "Présence du personnel"),
                        ],
                        max_length=20,
                        verbose_name="service ou équipement",
                    ),
                ),
                (
                    "extent",
                    models.CharField(
                        choices=[
                            ("limited", "Limitée, quelques heures au plus"),
                            ("partial", "Partielle ou temporaire"),
                            ("total", "Totale ou durable"),
                            ("impossible", "Présence rendue impossible sur certains horaires"),
                        ],
                        max_length=10,
                        verbose_name="étendue",
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="depuis le")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="jusqu’au (inclus)")),
                ("recurs_daily", models.BooleanField(default=False, verbose_name="se répète chaque jour")),
                (
                    "hours_from",
                    models.TimeField(blank=True, null=True, verbose_name="impossible à partir de"),
                ),
                ("hours_until", models.TimeField(blank=True, null=True, verbose_name="impossible jusqu’à")),
                (
                    "former_rule",
                    models.BooleanField(
                        db_default=False,
                        default=False,
                        editable=False,
                        verbose_name="saisie sous l’ancienne règle",
                    ),
                ),
            ],
            options={
                "db_table": "incidents_disruption_history",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="StandingObservationEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("changed_at", models.DateTimeField(editable=False, null=True)),
                ("cancelled_at", models.DateTimeField(editable=False, null=True)),
                (
                    "cancel_reason",
                    models.CharField(
                        blank=True,
                        db_default="",
                        editable=False,
                        max_length=200,
                        verbose_name="motif d’annulation",
                    ),
                ),
                (
                    "frequency",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "occasionnels"), (2, "réguliers"), (3, "quotidiens")],
                        verbose_name="fréquence",
                    ),
                ),
                ("since", models.DateField(verbose_name="depuis le")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="terminé le")),
            ],
            options={
                "db_table": "incidents_standingobservation_history",
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="disruption",
            name="cancel_reason",
            field=models.CharField(
                blank=True, db_default="", editable=False, max_length=200, verbose_name="motif d’annulation"
            ),
        ),
        migrations.AddField(
            model_name="disruption",
            name="cancelled_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="disruption",
            name="changed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="disruption",
            name="changed_by",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="standingobservation",
            name="cancel_reason",
            field=models.CharField(
                blank=True, db_default="", editable=False, max_length=200, verbose_name="motif d’annulation"
            ),
        ),
        migrations.AddField(
            model_name="standingobservation",
            name="cancelled_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="standingobservation",
            name="changed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="standingobservation",
            name="changed_by",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="disruption",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."address_id" IS DISTINCT FROM (NEW."address_id") OR OLD."cancel_reason" IS DISTINCT FROM (NEW."cancel_reason") OR OLD."cancelled_at" IS DISTINCT FROM (NEW."cancelled_at") OR OLD."changed_at" IS DISTINCT FROM (NEW."changed_at") OR OLD."changed_by_id" IS DISTINCT FROM (NEW."changed_by_id") OR OLD."commune_id" IS DISTINCT FROM (NEW."commune_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."ends_on" IS DISTINCT FROM (NEW."ends_on") OR OLD."extent" IS DISTINCT FROM (NEW."extent") OR OLD."former_rule" IS DISTINCT FROM (NEW."former_rule") OR OLD."hours_from" IS DISTINCT FROM (NEW."hours_from") OR OLD."hours_until" IS DISTINCT FROM (NEW."hours_until") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."import_run_id" IS DISTINCT FROM (NEW."import_run_id") OR OLD."landlord_id" IS DISTINCT FROM (NEW."landlord_id") OR OLD."recurs_daily" IS DISTINCT FROM (NEW."recurs_daily") OR OLD."residence_id" IS DISTINCT FROM (NEW."residence_id") OR OLD."service" IS DISTINCT FROM (NEW."service") OR OLD."starts_on" IS DISTINCT FROM (NEW."starts_on"))',
                    func='INSERT INTO "incidents_disruption_history" ("address_id", "cancel_reason", "cancelled_at", "changed_at", "changed_by_id", "commune_id", "created_at", "created_by_id", "ends_on", "extent", "former_rule", "hours_from", "hours_until", "id", "import_run_id", "landlord_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "recurs_daily", "residence_id", "service", "starts_on") VALUES (OLD."address_id", OLD."cancel_reason", OLD."cancelled_at", OLD."changed_at", OLD."changed_by_id", OLD."commune_id", OLD."created_at", OLD."created_by_id", OLD."ends_on", OLD."extent", OLD."former_rule", OLD."hours_from", OLD."hours_until", OLD."id", OLD."import_run_id", OLD."landlord_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."recurs_daily", OLD."residence_id", OLD."service", OLD."starts_on"); RETURN NULL;',
                    hash="40f25f3bab84fd60af296484254332372cfc1130",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_ebc01",
                    table="incidents_disruption",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="standingobservation",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."address_id" IS DISTINCT FROM (NEW."address_id") OR OLD."cancel_reason" IS DISTINCT FROM (NEW."cancel_reason") OR OLD."cancelled_at" IS DISTINCT FROM (NEW."cancelled_at") OR OLD."changed_at" IS DISTINCT FROM (NEW."changed_at") OR OLD."changed_by_id" IS DISTINCT FROM (NEW."changed_by_id") OR OLD."commune_id" IS DISTINCT FROM (NEW."commune_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."ended_on" IS DISTINCT FROM (NEW."ended_on") OR OLD."fact_type_id" IS DISTINCT FROM (NEW."fact_type_id") OR OLD."frequency" IS DISTINCT FROM (NEW."frequency") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."import_run_id" IS DISTINCT FROM (NEW."import_run_id") OR OLD."landlord_id" IS DISTINCT FROM (NEW."landlord_id") OR OLD."residence_id" IS DISTINCT FROM (NEW."residence_id") OR OLD."since" IS DISTINCT FROM (NEW."since"))',
                    func='INSERT INTO "incidents_standingobservation_history" ("address_id", "cancel_reason", "cancelled_at", "changed_at", "changed_by_id", "commune_id", "created_at", "created_by_id", "ended_on", "fact_type_id", "frequency", "id", "import_run_id", "landlord_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "residence_id", "since") VALUES (OLD."address_id", OLD."cancel_reason", OLD."cancelled_at", OLD."changed_at", OLD."changed_by_id", OLD."commune_id", OLD."created_at", OLD."created_by_id", OLD."ended_on", OLD."fact_type_id", OLD."frequency", OLD."id", OLD."import_run_id", OLD."landlord_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."residence_id", OLD."since"); RETURN NULL;',
                    hash="7826b1359cea33653be983196ffe113325689c4e",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_803ff",
                    table="incidents_standingobservation",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="disruptionevent",
            name="address",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="sites.address",
                verbose_name="adresse",
            ),
        ),
        migrations.AddField(
            model_name="disruptionevent",
            name="changed_by",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="disruptionevent",
            name="commune",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="sites.commune",
            ),
        ),
        migrations.AddField(
            model_name="disruptionevent",
            name="created_by",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="disruptionevent",
            name="import_run",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="sites.importrun",
            ),
        ),
        migrations.AddField(
            model_name="disruptionevent",
            name="landlord",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="disruptionevent",
            name="pgh_context",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="pghistory.context",
            ),
        ),
        migrations.AddField(
            model_name="disruptionevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="incidents.disruption",
            ),
        ),
        migrations.AddField(
            model_name="disruptionevent",
            name="residence",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="sites.residence",
                verbose_name="résidence",
            ),
        ),
        migrations.AddField(
            model_name="standingobservationevent",
            name="address",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="sites.address",
                verbose_name="adresse",
            ),
        ),
        migrations.AddField(
            model_name="standingobservationevent",
            name="changed_by",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="standingobservationevent",
            name="commune",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="sites.commune",
            ),
        ),
        migrations.AddField(
            model_name="standingobservationevent",
            name="created_by",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="standingobservationevent",
            name="fact_type",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="incidents.facttype",
                verbose_name="nature",
            ),
        ),
        migrations.AddField(
            model_name="standingobservationevent",
            name="import_run",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="sites.importrun",
            ),
        ),
        migrations.AddField(
            model_name="standingobservationevent",
            name="landlord",
            field=models.ForeignKey(
                db_constraint=False,
                editable=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="standingobservationevent",
            name="pgh_context",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="pghistory.context",
            ),
        ),
        migrations.AddField(
            model_name="standingobservationevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="incidents.standingobservation",
            ),
        ),
        migrations.AddField(
            model_name="standingobservationevent",
            name="residence",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="sites.residence",
                verbose_name="résidence",
            ),
        ),
        policies(__file__, "0012_lives_of_lasting_records"),
    ]
