"""Keep the aggregates that were released for plenary sessions."""

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
        ("accounts", "0034_mail_of_an_end"),
        ("classification", "0012_sites_of_campaigns"),
        ("partners", "0026_expected_decisions"),
        ("sites", "0023_grants"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PlenaryRelease",
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
                ("as_of", models.DateField(editable=False, verbose_name="niveaux au")),
                ("digest", models.CharField(editable=False, max_length=64, verbose_name="empreinte")),
                ("content", models.JSONField(editable=False, null=True)),
                (
                    "landlords",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, editable=False, size=None
                    ),
                ),
                (
                    "communes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, editable=False, size=None
                    ),
                ),
                ("grounds", models.JSONField(default=dict, editable=False)),
                ("withdrawn_at", models.DateTimeField(editable=False, null=True, verbose_name="retirée le")),
                (
                    "withdrawal_reason",
                    models.CharField(blank=True, editable=False, max_length=200, verbose_name="motif"),
                ),
                (
                    "campaign",
                    models.OneToOneField(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="classification.campaign",
                    ),
                ),
                (
                    "closing",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="classification.closing",
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
                    "organisation",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
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
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "statistiques d’une séance plénière",
                "verbose_name_plural": "statistiques de séances plénières",
                "ordering": ("-as_of", "-id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("content__isnull", False), ("state", "done")),
                            models.Q(models.Q(("state", "done"), _negated=True), ("content", None)),
                            _connector="OR",
                        ),
                        name="plenary_release_ends_with_its_content",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("withdrawal_reason", ""), ("withdrawn_at", None)),
                            models.Q(
                                ("state", "done"),
                                ("withdrawn_at__isnull", False),
                                models.Q(("withdrawal_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="plenary_release_is_withdrawn_for_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Func(
                            models.F("content"),
                            output_field=models.BooleanField(),
                            template="NOT (jsonb_path_exists(%(expressions)s, '$.communes[*].areas[*].sites.* ? (@ < 5)') OR jsonb_path_exists(%(expressions)s, '$.communes[*].areas[*].facts.* ? (@ < 5)'))",
                        ),
                        name="plenary_release_tells_nothing_small",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="plenaryrelease",
            trigger=pgtrigger.compiler.Trigger(
                name="plenary_release_is_frozen",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.state = 'done' AND ((OLD.campaign_id, OLD.closing_id, OLD.territory_id, OLD.organisation_id, OLD.as_of, OLD.digest, OLD.content, OLD.landlords, OLD.communes, OLD.grounds, OLD.state, OLD.created_by_id, OLD.created_at, OLD.finished_at) IS DISTINCT FROM (NEW.campaign_id, NEW.closing_id, NEW.territory_id, NEW.organisation_id, NEW.as_of, NEW.digest, NEW.content, NEW.landlords, NEW.communes, NEW.grounds, NEW.state, NEW.created_by_id, NEW.created_at, NEW.finished_at) OR OLD.withdrawn_at IS NOT NULL AND (OLD.withdrawn_at, OLD.withdrawn_by_id, OLD.withdrawal_reason) IS DISTINCT FROM (NEW.withdrawn_at, NEW.withdrawn_by_id, NEW.withdrawal_reason)))",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="db3e132aa9bbf4a1b541d31952fd7d1d035fd988",
                    operation="UPDATE",
                    pgid="pgtrigger_plenary_release_is_frozen_0b10d",
                    table="partners_plenaryrelease",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="plenaryrelease",
            trigger=pgtrigger.compiler.Trigger(
                name="plenary_release_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.state = 'done')",
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="8ec56a32cc990b56424f38b7937beccc5522b41b",
                    operation="DELETE",
                    pgid="pgtrigger_plenary_release_stays_bc057",
                    table="partners_plenaryrelease",
                    when="BEFORE",
                ),
            ),
        ),
        policies(__file__, "0027_plenary_releases"),
    ]
