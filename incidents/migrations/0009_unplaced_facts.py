"""Store the facts of files whose place is not certain, and how the place of each fact was found."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_index_of_journals"),
        ("incidents", "0008_records_in_files"),
        ("sites", "0012_other_references"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="UnplacedFact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "place_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("lobby", "Hall"),
                            ("stairwell", "Cage d’escalier"),
                            ("landing", "Palier"),
                            ("lift", "Ascenseur"),
                            ("cellar", "Cave"),
                            ("car_park", "Parking"),
                            ("roof", "Toiture"),
                            ("bin_room", "Local poubelles"),
                            ("premises", "Local commun ou loge"),
                            ("dwelling", "Logement"),
                            ("surroundings", "Abords"),
                            ("public_space", "Espace public limitrophe"),
                        ],
                        max_length=20,
                        verbose_name="lieu précis",
                    ),
                ),
                ("day", models.DateField(verbose_name="jour")),
                ("span_end", models.DateField(null=True, verbose_name="et au plus tard le")),
                ("time", models.TimeField(null=True, verbose_name="heure")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("staff", "Personnel du bailleur"),
                            ("resident", "Habitant"),
                            ("mediator", "Médiateur"),
                            ("police", "Police"),
                            ("contractor", "Prestataire"),
                            ("municipality", "Ville"),
                            ("other", "Autre"),
                        ],
                        max_length=20,
                        verbose_name="origine",
                    ),
                ),
                ("complaint_filed", models.BooleanField(default=False, verbose_name="plainte déposée")),
                (
                    "complaint_reference",
                    models.CharField(blank=True, max_length=40, verbose_name="numéro de plainte"),
                ),
                (
                    "damage_cost",
                    models.DecimalField(
                        decimal_places=2, max_digits=10, null=True, verbose_name="coût des dégâts (€)"
                    ),
                ),
                ("external_source", models.CharField(blank=True, max_length=60)),
                ("external_id", models.CharField(blank=True, max_length=100)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("reference", "par la référence de la résidence"),
                            ("address", "par l’adresse"),
                            ("nearest", "par le point, à l’adresse la plus proche"),
                            ("several", "parmi plusieurs lieux à cette adresse"),
                            ("alike", "par une adresse qui ressemble"),
                            ("hand", "choisi par une personne"),
                            ("entry", "choisi à la saisie"),
                        ],
                        max_length=20,
                        verbose_name="pourquoi",
                    ),
                ),
                ("written", models.CharField(blank=True, max_length=200, verbose_name="lieu écrit")),
                ("longitude", models.FloatField(null=True)),
                ("latitude", models.FloatField(null=True)),
                (
                    "candidates",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("settled_at", models.DateTimeField(null=True)),
                ("discard_reason", models.CharField(blank=True, max_length=200, verbose_name="motif")),
            ],
            options={
                "verbose_name": "fait à placer",
                "verbose_name_plural": "faits à placer",
                "ordering": ("-day", "-id"),
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="incident",
            name="update_update",
        ),
        migrations.AddField(
            model_name="incident",
            name="placed_by",
            field=models.CharField(
                blank=True,
                choices=[
                    ("reference", "par la référence de la résidence"),
                    ("address", "par l’adresse"),
                    ("nearest", "par le point, à l’adresse la plus proche"),
                    ("several", "parmi plusieurs lieux à cette adresse"),
                    ("alike", "par une adresse qui ressemble"),
                    ("hand", "choisi par une personne"),
                    ("entry", "choisi à la saisie"),
                ],
                db_default="",
                editable=False,
                max_length=20,
                verbose_name="lieu trouvé",
            ),
        ),
        migrations.AddField(
            model_name="incident",
            name="placed_certainty",
            field=models.CharField(
                blank=True,
                choices=[
                    ("certain", "certain"),
                    ("confirmed", "incertain, puis confirmé par une personne"),
                    ("nearest", "le plus proche, comme le veut la source"),
                ],
                db_default="",
                editable=False,
                max_length=20,
                verbose_name="certitude du lieu",
            ),
        ),
        migrations.AddField(
            model_name="incidentevent",
            name="placed_by",
            field=models.CharField(
                blank=True,
                choices=[
                    ("reference", "par la référence de la résidence"),
                    ("address", "par l’adresse"),
                    ("nearest", "par le point, à l’adresse la plus proche"),
                    ("several", "parmi plusieurs lieux à cette adresse"),
                    ("alike", "par une adresse qui ressemble"),
                    ("hand", "choisi par une personne"),
                    ("entry", "choisi à la saisie"),
                ],
                db_default="",
                editable=False,
                max_length=20,
                verbose_name="lieu trouvé",
            ),
        ),
        migrations.AddField(
            model_name="incidentevent",
            name="placed_certainty",
            field=models.CharField(
                blank=True,
                choices=[
                    ("certain", "certain"),
                    ("confirmed", "incertain, puis confirmé par une personne"),
                    ("nearest", "le plus proche, comme le veut la source"),
                ],
                db_default="",
                editable=False,
                max_length=20,
                verbose_name="certitude du lieu",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="incident",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."address_id" IS DISTINCT FROM (NEW."address_id") OR OLD."cancel_reason" IS DISTINCT FROM (NEW."cancel_reason") OR OLD."cancelled_at" IS DISTINCT FROM (NEW."cancelled_at") OR OLD."changed_at" IS DISTINCT FROM (NEW."changed_at") OR OLD."changed_by_id" IS DISTINCT FROM (NEW."changed_by_id") OR OLD."commune_id" IS DISTINCT FROM (NEW."commune_id") OR OLD."complaint_filed" IS DISTINCT FROM (NEW."complaint_filed") OR OLD."complaint_reference" IS DISTINCT FROM (NEW."complaint_reference") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."damage_cost" IS DISTINCT FROM (NEW."damage_cost") OR OLD."day" IS DISTINCT FROM (NEW."day") OR OLD."external_id" IS DISTINCT FROM (NEW."external_id") OR OLD."external_source" IS DISTINCT FROM (NEW."external_source") OR OLD."fact_type_id" IS DISTINCT FROM (NEW."fact_type_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."import_run_id" IS DISTINCT FROM (NEW."import_run_id") OR OLD."landlord_id" IS DISTINCT FROM (NEW."landlord_id") OR OLD."place_kind" IS DISTINCT FROM (NEW."place_kind") OR OLD."placed_by" IS DISTINCT FROM (NEW."placed_by") OR OLD."placed_certainty" IS DISTINCT FROM (NEW."placed_certainty") OR OLD."reported_by_id" IS DISTINCT FROM (NEW."reported_by_id") OR OLD."residence_id" IS DISTINCT FROM (NEW."residence_id") OR OLD."source" IS DISTINCT FROM (NEW."source") OR OLD."span_end" IS DISTINCT FROM (NEW."span_end") OR OLD."subtype_id" IS DISTINCT FROM (NEW."subtype_id") OR OLD."time" IS DISTINCT FROM (NEW."time"))',
                    func='INSERT INTO "incidents_incident_history" ("address_id", "cancel_reason", "cancelled_at", "changed_at", "changed_by_id", "commune_id", "complaint_filed", "complaint_reference", "created_at", "damage_cost", "day", "external_id", "external_source", "fact_type_id", "id", "import_run_id", "landlord_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "place_kind", "placed_by", "placed_certainty", "reported_by_id", "residence_id", "source", "span_end", "subtype_id", "time") VALUES (OLD."address_id", OLD."cancel_reason", OLD."cancelled_at", OLD."changed_at", OLD."changed_by_id", OLD."commune_id", OLD."complaint_filed", OLD."complaint_reference", OLD."created_at", OLD."damage_cost", OLD."day", OLD."external_id", OLD."external_source", OLD."fact_type_id", OLD."id", OLD."import_run_id", OLD."landlord_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."place_kind", OLD."placed_by", OLD."placed_certainty", OLD."reported_by_id", OLD."residence_id", OLD."source", OLD."span_end", OLD."subtype_id", OLD."time"); RETURN NULL;',
                    hash="bac14c521f4c1b117df247fd6aa5937c816490bb",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_41444",
                    table="incidents_incident",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="unplacedfact",
            name="fact_type",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="incidents.facttype",
                verbose_name="nature",
            ),
        ),
        migrations.AddField(
            model_name="unplacedfact",
            name="import_run",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="unplaced_facts",
                to="sites.importrun",
            ),
        ),
        migrations.AddField(
            model_name="unplacedfact",
            name="incident",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="unplaced",
                to="incidents.incident",
            ),
        ),
        migrations.AddField(
            model_name="unplacedfact",
            name="landlord",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="unplacedfact",
            name="settled_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="unplacedfact",
            index=models.Index(fields=["landlord", "-day", "-id"], name="unplaced_fact_recent_idx"),
        ),
        policies(__file__, "0009_unplaced_facts"),
    ]
