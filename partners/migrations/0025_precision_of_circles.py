"""Give each circle the precision of what it is given, and keep counts by neighbourhood; circles of before see what they saw."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.math
import django.db.models.lookups
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0034_mail_of_an_end"),
        ("partners", "0024_copies_end"),
        ("sites", "0023_grants"),
    ]

    operations = [
        migrations.CreateModel(
            name="PublishedCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "precision",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Value("neighbourhood"),
                        output_field=models.CharField(max_length=13),
                    ),
                ),
                ("neighbourhood", models.CharField(blank=True, max_length=200, verbose_name="quartier")),
                (
                    "mark",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (4, "tension installée"),
                            (3, "délinquance réelle"),
                            (2, "incivilités récurrentes"),
                            (0, "saisie interrompue"),
                        ],
                        verbose_name="niveau",
                    ),
                ),
                ("at_least", models.PositiveIntegerField(verbose_name="au moins")),
            ],
            options={
                "verbose_name": "nombre publié",
                "verbose_name_plural": "nombres publiés",
                "ordering": ("commune__name__french", "neighbourhood__french", "id"),
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="publication",
            name="publication_is_frozen",
        ),
        migrations.AddField(
            model_name="circle",
            name="precision",
            field=models.CharField(
                choices=[
                    ("address", "à l’adresse"),
                    ("residence", "à la résidence"),
                    ("neighbourhood", "au quartier"),
                ],
                default="address",
                max_length=13,
                verbose_name="précision",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="publication",
            name="precision",
            field=models.CharField(
                choices=[
                    ("address", "à l’adresse"),
                    ("residence", "à la résidence"),
                    ("neighbourhood", "au quartier"),
                ],
                default="address",
                editable=False,
                max_length=13,
                verbose_name="précision",
            ),
        ),
        migrations.AddField(
            model_name="publication",
            name="shares",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), default=list, editable=False, size=None
            ),
        ),
        migrations.AddField(
            model_name="publishedsite",
            name="precision",
            field=models.CharField(default="address", editable=False, max_length=13),
        ),
        migrations.AddField(
            model_name="synthesisnote",
            name="circle_precision",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(models.When(circle__isnull=False, then=models.Value("address"))),
                output_field=models.CharField(max_length=13, null=True),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="publication",
            trigger=pgtrigger.compiler.Trigger(
                name="publication_is_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."as_of" IS DISTINCT FROM (NEW."as_of") OR OLD."circle_id" IS DISTINCT FROM (NEW."circle_id") OR OLD."grid_version_id" IS DISTINCT FROM (NEW."grid_version_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."landlords" IS DISTINCT FROM (NEW."landlords") OR OLD."precision" IS DISTINCT FROM (NEW."precision") OR OLD."published_at" IS DISTINCT FROM (NEW."published_at") OR OLD."published_by_id" IS DISTINCT FROM (NEW."published_by_id") OR OLD."shares" IS DISTINCT FROM (NEW."shares") OR OLD."territory_id" IS DISTINCT FROM (NEW."territory_id"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="54fe2292428c09e4c0133567fb9faab6c128e744",
                    operation="UPDATE",
                    pgid="pgtrigger_publication_is_frozen_eee48",
                    table="partners_publication",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="circle",
            constraint=models.CheckConstraint(
                condition=models.Q(("precision__in", ["address", "residence", "neighbourhood"])),
                name="circle_has_a_precision",
            ),
        ),
        migrations.AddConstraint(
            model_name="publishedsite",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("precision", "address"),
                    models.Q(
                        ("addresses", []),
                        ("decision_reason", ""),
                        ("latitude", None),
                        ("longitude", None),
                        ("precision", "residence"),
                    ),
                    _connector="OR",
                ),
                name="published_site_is_as_precise_as_its_circle",
            ),
        ),
        migrations.AddField(
            model_name="publishedcount",
            name="commune",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="sites.commune",
            ),
        ),
        migrations.AddField(
            model_name="publishedcount",
            name="publication",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="counts", to="partners.publication"
            ),
        ),
        migrations.AddConstraint(
            model_name="publishedcount",
            constraint=models.UniqueConstraint(
                fields=("publication", "commune", "neighbourhood", "mark"), name="published_count_is_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="publishedcount",
            constraint=models.CheckConstraint(
                condition=models.Q(("mark__in", (4, 3, 2, 0))), name="published_count_is_of_a_counted_mark"
            ),
        ),
        migrations.AddConstraint(
            model_name="publishedcount",
            constraint=models.CheckConstraint(
                condition=models.Q(("at_least__gte", 5)), name="published_count_is_never_small"
            ),
        ),
        migrations.AddConstraint(
            model_name="publishedcount",
            constraint=models.CheckConstraint(
                condition=django.db.models.lookups.Exact(
                    django.db.models.functions.math.Mod("at_least", 5), 0
                ),
                name="published_count_is_in_steps",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="publishedcount",
            trigger=pgtrigger.compiler.Trigger(
                name="published_count_is_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="18f94f5328182afc4f4011be961ef1049f918314",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_published_count_is_frozen_79972",
                    table="partners_publishedcount",
                    when="BEFORE",
                ),
            ),
        ),
        policies(__file__, "0025_precision_of_circles"),
    ]
