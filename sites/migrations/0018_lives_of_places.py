"""Let places be closed, merged and put right, and keep what was done to them and their earlier states."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0013_french_order"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("sites", "0017_outlines_bodies_positions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AddressEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "closed_on",
                    models.DateField(blank=True, editable=False, null=True, verbose_name="fermée le"),
                ),
                (
                    "close_reason",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        editable=False,
                        max_length=200,
                        verbose_name="motif de fermeture",
                    ),
                ),
                ("changed_at", models.DateTimeField(editable=False, null=True)),
                ("label", models.CharField(max_length=200, verbose_name="adresse")),
                ("postcode", models.CharField(blank=True, max_length=5, verbose_name="code postal")),
                ("match_key", models.CharField(editable=False, max_length=200)),
                (
                    "building",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=80, verbose_name="bâtiment"
                    ),
                ),
                (
                    "entrance",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=80, verbose_name="entrée"
                    ),
                ),
                (
                    "rnb_id",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=12, verbose_name="identifiant RNB"
                    ),
                ),
                (
                    "ban_key",
                    models.CharField(
                        blank=True, db_default="", default="", max_length=40, verbose_name="clé BAN"
                    ),
                ),
                ("dwellings", models.PositiveIntegerField(default=0, verbose_name="logements")),
                ("longitude", models.FloatField(blank=True, null=True, verbose_name="longitude")),
                ("latitude", models.FloatField(blank=True, null=True, verbose_name="latitude")),
                (
                    "geocoding",
                    models.CharField(
                        choices=[
                            ("pending", "à géocoder"),
                            ("source", "donnée par le fichier"),
                            ("found", "géocodée"),
                            ("to_place", "à placer sur la carte"),
                            ("placed", "placée à la main"),
                        ],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("geocoding_score", models.FloatField(null=True)),
            ],
            options={
                "db_table": "sites_address_history",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PlaceChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("correct", "corrigée"),
                            ("place", "placée sur la carte"),
                            ("close", "fermée"),
                            ("reopen", "rouverte"),
                            ("add", "adresse ajoutée"),
                            ("move", "adresses déplacées"),
                            ("merge", "fusionnées"),
                            ("split", "séparée"),
                        ],
                        max_length=20,
                        verbose_name="acte",
                    ),
                ),
                (
                    "residences",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("summary", models.CharField(max_length=500, verbose_name="sur")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="motif")),
                ("rows", models.JSONField(editable=False)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                ("undone_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "modification du patrimoine",
                "verbose_name_plural": "modifications du patrimoine",
                "ordering": ("-id",),
            },
        ),
        migrations.CreateModel(
            name="ResidenceEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "closed_on",
                    models.DateField(blank=True, editable=False, null=True, verbose_name="fermée le"),
                ),
                (
                    "close_reason",
                    models.CharField(
                        blank=True,
                        db_default="",
                        default="",
                        editable=False,
                        max_length=200,
                        verbose_name="motif de fermeture",
                    ),
                ),
                ("changed_at", models.DateTimeField(editable=False, null=True)),
                ("reference", models.CharField(max_length=60, verbose_name="référence du bailleur")),
                ("name", models.CharField(max_length=200, verbose_name="nom")),
                ("dwellings", models.PositiveIntegerField(default=0, verbose_name="logements")),
                ("in_priority_neighbourhood", models.BooleanField(default=False, verbose_name="en QPV")),
            ],
            options={
                "db_table": "sites_residence_history",
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="address",
            name="changed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="address",
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
            model_name="address",
            name="close_reason",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                max_length=200,
                verbose_name="motif de fermeture",
            ),
        ),
        migrations.AddField(
            model_name="address",
            name="closed_on",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="fermée le"),
        ),
        migrations.AddField(
            model_name="address",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="sites.address",
                verbose_name="fusionnée avec",
            ),
        ),
        migrations.AddField(
            model_name="residence",
            name="changed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="residence",
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
            model_name="residence",
            name="close_reason",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                max_length=200,
                verbose_name="motif de fermeture",
            ),
        ),
        migrations.AddField(
            model_name="residence",
            name="closed_on",
            field=models.DateField(blank=True, editable=False, null=True, verbose_name="fermée le"),
        ),
        migrations.AddField(
            model_name="residence",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="sites.residence",
                verbose_name="fusionnée avec",
            ),
        ),
        migrations.AddIndex(
            model_name="address",
            index=models.Index(
                condition=models.Q(("closed_on__isnull", False)),
                fields=["closed_on"],
                include=("id", "residence", "landlord", "commune"),
                name="address_closed_idx",
            ),
        ),
        migrations.AddIndex(
            model_name="residence",
            index=models.Index(
                condition=models.Q(("closed_on__isnull", False)),
                fields=["closed_on"],
                include=("id", "landlord", "commune"),
                name="residence_closed_idx",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="address",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."changed_at" IS DISTINCT FROM (NEW."changed_at"))',
                    func='INSERT INTO "sites_address_history" ("ban_key", "building", "changed_at", "changed_by_id", "close_reason", "closed_on", "commune_id", "dwellings", "entrance", "geocoding", "geocoding_score", "id", "label", "landlord_id", "latitude", "longitude", "match_key", "merged_into_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "postcode", "residence_id", "rnb_id") VALUES (OLD."ban_key", OLD."building", OLD."changed_at", OLD."changed_by_id", OLD."close_reason", OLD."closed_on", OLD."commune_id", OLD."dwellings", OLD."entrance", OLD."geocoding", OLD."geocoding_score", OLD."id", OLD."label", OLD."landlord_id", OLD."latitude", OLD."longitude", OLD."match_key", OLD."merged_into_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."postcode", OLD."residence_id", OLD."rnb_id"); RETURN NULL;',
                    hash="62284f65dc2b3584bd22a773d85ac288981e0852",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_e685f",
                    table="sites_address",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="residence",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."changed_at" IS DISTINCT FROM (NEW."changed_at"))',
                    func='INSERT INTO "sites_residence_history" ("changed_at", "changed_by_id", "close_reason", "closed_on", "commune_id", "dwellings", "id", "in_priority_neighbourhood", "landlord_id", "merged_into_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reference") VALUES (OLD."changed_at", OLD."changed_by_id", OLD."close_reason", OLD."closed_on", OLD."commune_id", OLD."dwellings", OLD."id", OLD."in_priority_neighbourhood", OLD."landlord_id", OLD."merged_into_id", OLD."name", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."reference"); RETURN NULL;',
                    hash="f90dad701ccdc9db9d57b5ce127928b48b2964fa",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_ba99b",
                    table="sites_residence",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="address",
            constraint=models.CheckConstraint(
                condition=models.Q(("merged_into", None), ("closed_on__isnull", False), _connector="OR"),
                name="address_merged_is_closed",
                violation_error_message="Un lieu fusionné avec un autre est fermé.",
            ),
        ),
        migrations.AddConstraint(
            model_name="residence",
            constraint=models.CheckConstraint(
                condition=models.Q(("merged_into", None), ("closed_on__isnull", False), _connector="OR"),
                name="residence_merged_is_closed",
                violation_error_message="Un lieu fusionné avec un autre est fermé.",
            ),
        ),
        migrations.AddField(
            model_name="addressevent",
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
            model_name="addressevent",
            name="commune",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="sites.commune",
            ),
        ),
        migrations.AddField(
            model_name="addressevent",
            name="landlord",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="addressevent",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="sites.address",
                verbose_name="fusionnée avec",
            ),
        ),
        migrations.AddField(
            model_name="addressevent",
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
            model_name="addressevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="sites.address",
            ),
        ),
        migrations.AddField(
            model_name="addressevent",
            name="residence",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="sites.residence",
            ),
        ),
        migrations.AddField(
            model_name="placechange",
            name="landlord",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="accounts.organisation"
            ),
        ),
        migrations.AddField(
            model_name="placechange",
            name="made_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="placechange",
            name="undone_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="residenceevent",
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
            model_name="residenceevent",
            name="commune",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="sites.commune",
            ),
        ),
        migrations.AddField(
            model_name="residenceevent",
            name="landlord",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="residenceevent",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="sites.residence",
                verbose_name="fusionnée avec",
            ),
        ),
        migrations.AddField(
            model_name="residenceevent",
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
            model_name="residenceevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="sites.residence",
            ),
        ),
        policies(__file__, "0018_lives_of_places"),
    ]
