"""Let publications and issued notes be withdrawn and superseded, and tell who had opened them."""

import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from core.rls import policies

_FORMER = """
DROP POLICY publishedsite_select ON partners_publishedsite;
CREATE POLICY publishedsite_select ON partners_publishedsite FOR SELECT USING (
    (publication_id, shared_by_id) IN (
        SELECT p.id, a.landlord_id FROM partners_publication p
        JOIN palier_live_agreements() a ON a.territory_id = p.territory_id
    )
    OR (SELECT palier_is_system('seeding'))
);
DROP POLICY note_select ON partners_synthesisnote;
CREATE POLICY note_select ON partners_synthesisnote FOR SELECT USING (
    (SELECT palier_is_system('jobs', 'seeding'))
    OR (issued_at IS NOT NULL AND landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]))
    OR (
        (
            territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
            OR id IN (SELECT c.note_id FROM partners_notecopy c)
        )
        AND landlords <@ ARRAY(
            SELECT a.landlord_id FROM palier_live_agreements() a
            WHERE a.territory_id = partners_synthesisnote.territory_id)
    )
);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0015_told_by_mail"),
        ("classification", "0007_places_that_stopped"),
        ("partners", "0014_french_order"),
        ("sites", "0015_who_goes_on_with_an_import"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("mailed_at", models.DateTimeField(null=True)),
                ("seen_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "avis de retrait",
                "verbose_name_plural": "avis de retrait",
                "ordering": ("-withdrawal_id", "id"),
            },
        ),
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("about", models.CharField(max_length=200)),
                ("as_of", models.DateField()),
                ("organisation", models.CharField(max_length=200)),
                ("reason", models.CharField(max_length=200, verbose_name="motif")),
                ("withdrawn_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("restored_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "retrait",
                "verbose_name_plural": "retraits",
                "ordering": ("-withdrawn_at", "-id"),
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="publication",
            name="publication_is_frozen",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="synthesisnote",
            name="note_content_is_frozen",
        ),
        migrations.RemoveConstraint(
            model_name="publication",
            name="publication_is_unique_by_day",
        ),
        migrations.RemoveConstraint(
            model_name="publicationrequest",
            name="publication_is_asked_for_once_by_day",
        ),
        migrations.AddField(
            model_name="publication",
            name="withdrawn_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="publicationrequest",
            name="reason",
            field=models.CharField(blank=True, editable=False, max_length=200, verbose_name="motif"),
        ),
        migrations.AddField(
            model_name="publicationrequest",
            name="supersedes",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="requests_to_supersede",
                to="partners.publication",
            ),
        ),
        migrations.AddField(
            model_name="synthesisnote",
            name="reason",
            field=models.CharField(blank=True, editable=False, max_length=200, verbose_name="motif"),
        ),
        migrations.AddField(
            model_name="synthesisnote",
            name="supersedes",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="new_versions",
                to="partners.synthesisnote",
            ),
        ),
        migrations.AddField(
            model_name="synthesisnote",
            name="withdrawn_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="publication",
            trigger=pgtrigger.compiler.Trigger(
                name="publication_is_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."as_of" IS DISTINCT FROM (NEW."as_of") OR OLD."circle_id" IS DISTINCT FROM (NEW."circle_id") OR OLD."grid_version_id" IS DISTINCT FROM (NEW."grid_version_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."landlords" IS DISTINCT FROM (NEW."landlords") OR OLD."published_at" IS DISTINCT FROM (NEW."published_at") OR OLD."published_by_id" IS DISTINCT FROM (NEW."published_by_id") OR OLD."territory_id" IS DISTINCT FROM (NEW."territory_id"))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="ffdb34267fe4cc963b2afefd0621472a36d2a0d3",
                    operation="UPDATE",
                    pgid="pgtrigger_publication_is_frozen_eee48",
                    table="partners_publication",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="publication",
            trigger=pgtrigger.compiler.Trigger(
                name="publication_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="52599cfff5a78a529c23002d940961ec79a32314",
                    operation="DELETE",
                    pgid="pgtrigger_publication_stays_da881",
                    table="partners_publication",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="synthesisnote",
            trigger=pgtrigger.compiler.Trigger(
                name="note_content_is_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."content" IS NOT NULL AND (OLD."content" IS DISTINCT FROM (NEW."content") OR OLD."digest" IS DISTINCT FROM (NEW."digest") OR OLD."landlords" IS DISTINCT FROM (NEW."landlords") OR OLD."territory_id" IS DISTINCT FROM (NEW."territory_id") OR OLD."landlord_id" IS DISTINCT FROM (NEW."landlord_id") OR OLD."as_of" IS DISTINCT FROM (NEW."as_of") OR OLD."supersedes_id" IS DISTINCT FROM (NEW."supersedes_id")))',
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="eee2e2ceff594094756573f2b8c9133db845ae64",
                    operation="UPDATE",
                    pgid="pgtrigger_note_content_is_frozen_ad708",
                    table="partners_synthesisnote",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="publication",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_at", None)),
                fields=("circle", "as_of"),
                name="publication_is_unique_by_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="publicationrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "done"), _negated=True),
                fields=("circle", "as_of"),
                name="publication_is_asked_for_once_by_day",
                violation_error_message="Cette publication est déjà demandée.",
            ),
        ),
        migrations.AddConstraint(
            model_name="synthesisnote",
            constraint=models.CheckConstraint(
                condition=models.Q(("withdrawn_at", None), ("issued_at__isnull", False), _connector="OR"),
                name="note_is_withdrawn_once_issued",
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="notices",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="withdrawal",
            name="circle",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="withdrawals", to="partners.circle"
            ),
        ),
        migrations.AddField(
            model_name="withdrawal",
            name="landlord",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.AddField(
            model_name="withdrawal",
            name="new_version",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaces",
                to="partners.synthesisnote",
            ),
        ),
        migrations.AddField(
            model_name="withdrawal",
            name="note",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="withdrawals",
                to="partners.synthesisnote",
            ),
        ),
        migrations.AddField(
            model_name="withdrawal",
            name="publication",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="withdrawals",
                to="partners.publication",
            ),
        ),
        migrations.AddField(
            model_name="withdrawal",
            name="replacement",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaces",
                to="partners.publication",
            ),
        ),
        migrations.AddField(
            model_name="withdrawal",
            name="restored_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="withdrawal",
            name="territory",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sites.territory"
            ),
        ),
        migrations.AddField(
            model_name="withdrawal",
            name="withdrawn_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="withdrawal",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="notices", to="partners.withdrawal"
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("note__isnull", False), ("publication", None), ("replacement", None)),
                    models.Q(("new_version", None), ("note", None), ("publication__isnull", False)),
                    _connector="OR",
                ),
                name="withdrawal_is_of_a_publication_or_a_note",
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="withdrawal_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("restored_at", None)),
                fields=("publication",),
                name="publication_is_withdrawn_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="withdrawal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("restored_at", None)), fields=("note",), name="note_is_withdrawn_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                fields=("withdrawal", "user"), name="notice_is_unique_for_a_person"
            ),
        ),
        policies(__file__, "0015_withdrawals"),
        # The columns that the new policies read go with them: before that, the former ones come back.
        migrations.RunSQL(migrations.RunSQL.noop, _FORMER),
    ]
