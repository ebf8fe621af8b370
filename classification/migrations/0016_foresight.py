"""Keep the reasons to watch residences, and what a team puts to rest."""

import django.db.models.deletion
import django.db.models.expressions
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0034_mail_of_an_end"),
        ("classification", "0015_workshop"),
        ("incidents", "0025_holds_of_own_records"),
        ("sites", "0023_grants"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Signal",
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
                            ("rise", "hausse soudaine"),
                            ("near", "faits rapprochés alentour"),
                            ("hot", "point chaud"),
                            ("tip", "près de changer de niveau"),
                            ("fading", "saisie en forte baisse"),
                        ],
                        max_length=10,
                        verbose_name="motif",
                    ),
                ),
                ("as_of", models.DateField(verbose_name="au")),
                ("figures", models.JSONField()),
                (
                    "commune",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sites.commune",
                    ),
                ),
                (
                    "fact_type",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="incidents.facttype",
                    ),
                ),
                (
                    "landlord",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "residence",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="signals",
                        to="sites.residence",
                    ),
                ),
            ],
            options={
                "verbose_name": "motif de surveillance",
                "verbose_name_plural": "motifs de surveillance",
                "ordering": ("residence_id", "kind", "fact_type_id"),
            },
        ),
        migrations.CreateModel(
            name="Rest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="motif")),
                (
                    "since",
                    models.DateField(
                        default=django.utils.timezone.localdate, editable=False, verbose_name="depuis le"
                    ),
                ),
                ("until", models.DateField(verbose_name="jusqu’au")),
                (
                    "made_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="mis en veille le"
                    ),
                ),
                ("ended_at", models.DateTimeField(editable=False, null=True, verbose_name="repris le")),
                (
                    "commune",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="sites.commune",
                    ),
                ),
                (
                    "ended_by",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "landlord",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
                (
                    "residence",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rests",
                        to="sites.residence",
                    ),
                ),
            ],
            options={
                "verbose_name": "mise en veille",
                "verbose_name_plural": "mises en veille",
                "ordering": ("-made_at", "-id"),
                "indexes": [models.Index(fields=["residence", "-made_at"], name="rest_history_idx")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("residence", "organisation"),
                        name="rest_stands_alone",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="rest_says_why"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until__gt", models.F("since")),
                            (
                                "until__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("since"), "+", models.Value(182)
                                ),
                            ),
                        ),
                        name="rest_is_bounded",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rest",
            trigger=pgtrigger.compiler.Trigger(
                name="rest_is_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."made_at" IS DISTINCT FROM (NEW."made_at") OR OLD."made_by_id" IS DISTINCT FROM (NEW."made_by_id") OR OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."residence_id" IS DISTINCT FROM (NEW."residence_id") OR OLD."since" IS DISTINCT FROM (NEW."since") OR OLD."until" IS DISTINCT FROM (NEW."until"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="553f19f2b1b45451c1fc022c70e02eeeab96ee89",
                    operation="UPDATE",
                    pgid="pgtrigger_rest_is_frozen_6119c",
                    table="classification_rest",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="rest",
            trigger=pgtrigger.compiler.Trigger(
                name="rest_ends_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.ended_at IS NOT NULL AND OLD.ended_at IS DISTINCT FROM NEW.ended_at)",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="ccc2d52ca0ba0e203df85b8728c396b40d743e6d",
                    operation="UPDATE",
                    pgid="pgtrigger_rest_ends_once_e79c9",
                    table="classification_rest",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="signal",
            index=models.Index(fields=["landlord"], name="signal_landlord_idx"),
        ),
        migrations.AddConstraint(
            model_name="signal",
            constraint=models.UniqueConstraint(
                fields=("residence", "kind", "fact_type"), name="signal_is_unique", nulls_distinct=False
            ),
        ),
        policies(__file__, "0016_foresight"),
    ]
