"""Have a publication say which version of a campaign it comes from; those of before come from none."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0034_mail_of_an_end"),
        ("classification", "0016_foresight"),
        ("partners", "0027_plenary_releases"),
        ("sites", "0023_grants"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="publication",
            name="publication_is_frozen",
        ),
        migrations.AddField(
            model_name="publication",
            name="campaign_name",
            field=models.CharField(blank=True, editable=False, max_length=100, verbose_name="campagne"),
        ),
        migrations.AddField(
            model_name="publication",
            name="campaign_version",
            field=models.PositiveSmallIntegerField(editable=False, null=True, verbose_name="version"),
        ),
        migrations.AddField(
            model_name="publication",
            name="closing",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="publications",
                to="classification.closing",
            ),
        ),
        migrations.AddField(
            model_name="publicationrequest",
            name="closing",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="classification.closing",
            ),
        ),
        migrations.AddField(
            model_name="publishedsite",
            name="closed_on",
            field=models.DateField(null=True, verbose_name="non validé à l’arrêt du"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="publication",
            trigger=pgtrigger.compiler.Trigger(
                name="publication_is_of_its_campaign",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF NEW.closing_id IS NOT NULL AND NOT EXISTS (\n        SELECT 1 FROM classification_closing c JOIN classification_campaign k ON k.id = c.campaign_id\n        WHERE c.id = NEW.closing_id AND c.state = 'done' AND c.territory_id = NEW.territory_id\n            AND k.territory_id = NEW.territory_id AND k.as_of = NEW.as_of AND k.grid_version_id = NEW.grid_version_id AND k.name = NEW.campaign_name AND c.number = NEW.campaign_version\n    ) THEN\n        RAISE EXCEPTION 'pgtrigger: A row of % says what its campaign does not', TG_TABLE_NAME;\n    END IF;\n    RETURN NEW;\n",
                    hash="a8594c80a796e023f8b9cb946fd81cb2e533d710",
                    operation="INSERT",
                    pgid="pgtrigger_publication_is_of_its_campaign_99579",
                    table="partners_publication",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="publication",
            trigger=pgtrigger.compiler.Trigger(
                name="publication_is_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."as_of" IS DISTINCT FROM (NEW."as_of") OR OLD."campaign_name" IS DISTINCT FROM (NEW."campaign_name") OR OLD."campaign_version" IS DISTINCT FROM (NEW."campaign_version") OR OLD."circle_id" IS DISTINCT FROM (NEW."circle_id") OR OLD."closing_id" IS DISTINCT FROM (NEW."closing_id") OR OLD."grid_version_id" IS DISTINCT FROM (NEW."grid_version_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."landlords" IS DISTINCT FROM (NEW."landlords") OR OLD."precision" IS DISTINCT FROM (NEW."precision") OR OLD."published_at" IS DISTINCT FROM (NEW."published_at") OR OLD."published_by_id" IS DISTINCT FROM (NEW."published_by_id") OR OLD."shares" IS DISTINCT FROM (NEW."shares") OR OLD."territory_id" IS DISTINCT FROM (NEW."territory_id"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="6e16db4677c4bb49091249c54b66a51002bcfea7",
                    operation="UPDATE",
                    pgid="pgtrigger_publication_is_frozen_eee48",
                    table="partners_publication",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="publicationrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="publication_request_is_of_its_campaign",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF NEW.closing_id IS NOT NULL AND NOT EXISTS (\n        SELECT 1 FROM classification_closing c JOIN classification_campaign k ON k.id = c.campaign_id\n        WHERE c.id = NEW.closing_id AND c.state = 'done' AND c.territory_id = NEW.territory_id\n            AND k.territory_id = NEW.territory_id AND k.as_of = NEW.as_of\n    ) THEN\n        RAISE EXCEPTION 'pgtrigger: A row of % says what its campaign does not', TG_TABLE_NAME;\n    END IF;\n    RETURN NEW;\n",
                    hash="7ca846ad9440e9d2649be3eb46691a40548b1ccc",
                    operation="INSERT",
                    pgid="pgtrigger_publication_request_is_of_its_campaign_7c9e8",
                    table="partners_publicationrequest",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="publicationrequest",
            trigger=pgtrigger.compiler.Trigger(
                name="publication_request_stays_of_its_campaign",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."as_of" IS DISTINCT FROM (NEW."as_of") OR OLD."closing_id" IS DISTINCT FROM (NEW."closing_id") OR OLD."territory_id" IS DISTINCT FROM (NEW."territory_id"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="e5af470197326eaaff9198ff7ef132de5d8cf5aa",
                    operation="UPDATE",
                    pgid="pgtrigger_publication_request_stays_of_its_campaign_111eb",
                    table="partners_publicationrequest",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("campaign_name", ""), ("campaign_version", None), ("closing", None)),
                    models.Q(
                        ("campaign_version__isnull", False),
                        ("closing__isnull", False),
                        models.Q(("campaign_name", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="publication_names_its_campaign",
            ),
        ),
        migrations.AddConstraint(
            model_name="publishedsite",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("closed_on", None),
                    models.Q(("decided_on", None), ("expected_on", None)),
                    _connector="OR",
                ),
                name="published_site_is_decided_or_closed",
            ),
        ),
    ]
