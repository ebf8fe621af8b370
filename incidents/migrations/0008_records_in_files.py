"""Give each record an identifier for files, and note the import that a disruption or an observation comes from."""

import django.contrib.postgres.functions
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0007_import_changes"),
        ("sites", "0011_buildings_and_entrances"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="incident",
            name="update_update",
        ),
        migrations.AddField(
            model_name="disruption",
            name="import_run",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="disruptions",
                to="sites.importrun",
            ),
        ),
        migrations.AddField(
            model_name="disruption",
            name="opaque_id",
            field=models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), editable=False),
        ),
        migrations.AddField(
            model_name="incident",
            name="opaque_id",
            field=models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), editable=False),
        ),
        migrations.AddField(
            model_name="standingobservation",
            name="import_run",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="standing_observations",
                to="sites.importrun",
            ),
        ),
        migrations.AddField(
            model_name="standingobservation",
            name="opaque_id",
            field=models.UUIDField(db_default=django.contrib.postgres.functions.RandomUUID(), editable=False),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="incident",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."address_id" IS DISTINCT FROM (NEW."address_id") OR OLD."cancel_reason" IS DISTINCT FROM (NEW."cancel_reason") OR OLD."cancelled_at" IS DISTINCT FROM (NEW."cancelled_at") OR OLD."changed_at" IS DISTINCT FROM (NEW."changed_at") OR OLD."changed_by_id" IS DISTINCT FROM (NEW."changed_by_id") OR OLD."commune_id" IS DISTINCT FROM (NEW."commune_id") OR OLD."complaint_filed" IS DISTINCT FROM (NEW."complaint_filed") OR OLD."complaint_reference" IS DISTINCT FROM (NEW."complaint_reference") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."damage_cost" IS DISTINCT FROM (NEW."damage_cost") OR OLD."day" IS DISTINCT FROM (NEW."day") OR OLD."external_id" IS DISTINCT FROM (NEW."external_id") OR OLD."external_source" IS DISTINCT FROM (NEW."external_source") OR OLD."fact_type_id" IS DISTINCT FROM (NEW."fact_type_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."import_run_id" IS DISTINCT FROM (NEW."import_run_id") OR OLD."landlord_id" IS DISTINCT FROM (NEW."landlord_id") OR OLD."place_kind" IS DISTINCT FROM (NEW."place_kind") OR OLD."reported_by_id" IS DISTINCT FROM (NEW."reported_by_id") OR OLD."residence_id" IS DISTINCT FROM (NEW."residence_id") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."span_end" IS DISTINCT FROM (NEW."span_end") OR OLD."subtype_id" IS DISTINCT FROM (NEW."subtype_id") OR OLD."time" IS DISTINCT FROM (NEW."time"))',
                    func='INSERT INTO "incidents_incident_history" ("address_id", "cancel_reason", "cancelled_at", "changed_at", "changed_by_id", "commune_id", "complaint_filed", "complaint_reference", "created_at", "damage_cost", "day", "external_id", "external_source", "fact_type_id", "id", "import_run_id", "landlord_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place_kind", "reported_by_id", "residence_id", "source", "span_end", "subtype_id", "time") VALUES (OLD."address_id", OLD."cancel_reason", OLD."cancelled_at", OLD."changed_at", OLD."changed_by_id", OLD."commune_id", OLD."complaint_filed", OLD."complaint_reference", OLD."created_at", OLD."damage_cost", OLD."day", OLD."external_id", OLD."external_source", OLD."fact_type_id", OLD."id", OLD."import_run_id", OLD."landlord_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."place_kind", OLD."reported_by_id", OLD."residence_id", OLD."source", OLD."span_end", OLD."subtype_id", OLD."time"); RETURN NULL;',
                    hash="2100695c792b502790172c84a6e220d66908bb91",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_41444",
                    table="incidents_incident",
                    when="AFTER",
                ),
            ),
        ),
        policies(__file__, "0008_records_in_files"),
    ]
