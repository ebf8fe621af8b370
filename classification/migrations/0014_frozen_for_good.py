"""Have a campaign that is over stay as it is, and its versions be those of its territory, complete once they are done."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("classification", "0013_grid_governance")]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="campaign",
            trigger=pgtrigger.compiler.Trigger(
                name="campaign_is_fixed_once_over",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition=(
                        "WHEN (OLD.state IN ('closed', 'cancelled') AND (OLD.deadline, OLD.opened_at, OLD.opened_by_id, "
                        "OLD.reminded_on, OLD.cancelled_at, OLD.cancelled_by_id, OLD.cancel_reason) IS DISTINCT FROM "
                        "(NEW.deadline, NEW.opened_at, NEW.opened_by_id, NEW.reminded_on, NEW.cancelled_at, "
                        "NEW.cancelled_by_id, NEW.cancel_reason))"
                    ),
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="5baef9ad015b7160e6d6aa808ac5538c89b854f1",
                    operation="UPDATE",
                    pgid="pgtrigger_campaign_is_fixed_once_over_e653f",
                    table="classification_campaign",
                    when="BEFORE",
                ),
            ),
        ),
        policies(__file__, "0014_frozen_for_good"),
        # Going back, the former policies stand again.
        migrations.RunSQL(migrations.RunSQL.noop, policies(__file__, "0012_campaigns").sql),
    ]
