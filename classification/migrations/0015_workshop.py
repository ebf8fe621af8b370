"""Store which sites of a campaign are contested, and how the workshop settled each."""

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
        ("classification", "0014_frozen_for_good"),
        ("sites", "0023_grants"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Contest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("as_of", models.DateField(editable=False, verbose_name="niveau au")),
                ("by_landlord", models.BooleanField(editable=False, verbose_name="par le bailleur")),
                ("reason", models.CharField(max_length=200, verbose_name="motif")),
                (
                    "made_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="contesté le"
                    ),
                ),
                ("withdrawn_at", models.DateTimeField(editable=False, null=True, verbose_name="retirée le")),
                (
                    "campaign",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contests",
                        to="classification.campaign",
                    ),
                ),
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
                    "residence",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="sites.residence",
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "site contesté",
                "verbose_name_plural": "sites contestés",
                "ordering": ("-made_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="Settlement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("as_of", models.DateField(editable=False, verbose_name="niveau au")),
                ("number", models.PositiveSmallIntegerField(editable=False, verbose_name="version")),
                ("conclusion", models.CharField(max_length=400, verbose_name="conclusion")),
                (
                    "recommended",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (1, "tranquille"),
                            (2, "incivilités récurrentes"),
                            (3, "délinquance réelle"),
                            (4, "tension installée"),
                        ],
                        null=True,
                        verbose_name="niveau recommandé",
                    ),
                ),
                (
                    "settled_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="tranché le"
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlements",
                        to="classification.campaign",
                    ),
                ),
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
                    "contest",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="settlements",
                        to="classification.contest",
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
                    "residence",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="%(class)ss",
                        to="sites.residence",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "conclusion de l’atelier",
                "verbose_name_plural": "conclusions de l’atelier",
                "ordering": ("-settled_at", "-id"),
            },
        ),
        migrations.AddConstraint(
            model_name="contest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at", None)),
                fields=("campaign", "residence"),
                name="contest_stands_alone_at_its_site",
                violation_error_message="Ce site est déjà contesté.",
            ),
        ),
        migrations.AddConstraint(
            model_name="contest",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="contest_says_why"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contest",
            trigger=pgtrigger.compiler.Trigger(
                name="contest_is_made_while_open",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF NOT EXISTS (SELECT 1 FROM classification_campaign c WHERE c.id = NEW.campaign_id AND c.state = 'open') THEN RAISE EXCEPTION 'pgtrigger: The campaign of % is not open', TG_TABLE_NAME; END IF; RETURN NEW;",
                    hash="ece4c52bac14ca472cc6848cf47d2d6a3f7509e2",
                    operation="INSERT",
                    pgid="pgtrigger_contest_is_made_while_open_f9f47",
                    table="classification_contest",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contest",
            trigger=pgtrigger.compiler.Trigger(
                name="contest_is_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."as_of" IS DISTINCT FROM (NEW."as_of") OR OLD."by_landlord" IS DISTINCT FROM (NEW."by_landlord") OR OLD."campaign_id" IS DISTINCT FROM (NEW."campaign_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."made_at" IS DISTINCT FROM (NEW."made_at") OR OLD."made_by_id" IS DISTINCT FROM (NEW."made_by_id") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."residence_id" IS DISTINCT FROM (NEW."residence_id"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="134477d7057c90fbdd1c2fd0a455d906cf3e64c0",
                    operation="UPDATE",
                    pgid="pgtrigger_contest_is_frozen_97d7e",
                    table="classification_contest",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contest",
            trigger=pgtrigger.compiler.Trigger(
                name="contest_is_taken_back_while_open",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."withdrawn_at" IS DISTINCT FROM (NEW."withdrawn_at") OR OLD."withdrawn_by_id" IS DISTINCT FROM (NEW."withdrawn_by_id"))',
                    func="IF NOT EXISTS (SELECT 1 FROM classification_campaign c WHERE c.id = NEW.campaign_id AND c.state = 'open') THEN RAISE EXCEPTION 'pgtrigger: The campaign of % is not open', TG_TABLE_NAME; END IF; RETURN NEW;",
                    hash="6edd9db7cd38caa9361e60e21f005e2f5c279537",
                    operation="UPDATE",
                    pgid="pgtrigger_contest_is_taken_back_while_open_83352",
                    table="classification_contest",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contest",
            trigger=pgtrigger.compiler.Trigger(
                name="contest_is_taken_back_once",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.withdrawn_at IS NOT NULL AND (OLD.withdrawn_at, OLD.withdrawn_by_id) IS DISTINCT FROM (NEW.withdrawn_at, NEW.withdrawn_by_id))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="434d7b95b3a842789979a987fd347f95e36e0171",
                    operation="UPDATE",
                    pgid="pgtrigger_contest_is_taken_back_once_b3daa",
                    table="classification_contest",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="contest",
            trigger=pgtrigger.compiler.Trigger(
                name="contest_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT palier_is_system('retention'))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="02a4021bfacefcf8219d66cfd77b1e13f758fd3c",
                    operation="DELETE",
                    pgid="pgtrigger_contest_stays_dbefc",
                    table="classification_contest",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="settlement",
            constraint=models.UniqueConstraint(
                fields=("contest", "number"), name="settlement_number_is_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="settlement",
            constraint=models.CheckConstraint(
                condition=models.Q(("recommended", None), ("recommended__range", (1, 4)), _connector="OR"),
                name="settlement_recommends_1_to_4",
            ),
        ),
        migrations.AddConstraint(
            model_name="settlement",
            constraint=models.CheckConstraint(
                condition=models.Q(("conclusion", ""), _negated=True), name="settlement_concludes"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="settlement",
            trigger=pgtrigger.compiler.Trigger(
                name="settlement_is_made_while_open",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="IF NOT EXISTS (SELECT 1 FROM classification_campaign c WHERE c.id = NEW.campaign_id AND c.state = 'open') THEN RAISE EXCEPTION 'pgtrigger: The campaign of % is not open', TG_TABLE_NAME; END IF; RETURN NEW;",
                    hash="f484a225a518e36b142316fb187679ea0de3c345",
                    operation="INSERT",
                    pgid="pgtrigger_settlement_is_made_while_open_98dd2",
                    table="classification_settlement",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="settlement",
            trigger=pgtrigger.compiler.Trigger(
                name="settlement_is_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."as_of" IS DISTINCT FROM (NEW."as_of") OR OLD."campaign_id" IS DISTINCT FROM (NEW."campaign_id") OR OLD."conclusion" IS DISTINCT FROM (NEW."conclusion") OR OLD."contest_id" IS DISTINCT FROM (NEW."contest_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."recommended" IS DISTINCT FROM (NEW."recommended") OR OLD."residence_id" IS DISTINCT FROM (NEW."residence_id") OR OLD."settled_at" IS DISTINCT FROM (NEW."settled_at") OR OLD."settled_by_id" IS DISTINCT FROM (NEW."settled_by_id"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="7d21ec621fd2bb6d711e4bc5ce6ded7effa7e4cd",
                    operation="UPDATE",
                    pgid="pgtrigger_settlement_is_frozen_ca424",
                    table="classification_settlement",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="settlement",
            trigger=pgtrigger.compiler.Trigger(
                name="settlement_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NOT palier_is_system('retention'))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="bbfe9244a3e9734f3dbad75c7fd727cdbe9b2f51",
                    operation="DELETE",
                    pgid="pgtrigger_settlement_stays_74011",
                    table="classification_settlement",
                    when="BEFORE",
                ),
            ),
        ),
        policies(__file__, "0015_workshop"),
    ]
