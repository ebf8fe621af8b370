"""Have decisions made and ended in one's own name alone, and seen by the undoing of an import."""

from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("classification", "0010_decisions")]

    operations = [
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ending", "lapsed"), _negated=True),
                    models.Q(("end_reason", ""), ("ended_by", None)),
                    _connector="OR",
                ),
                name="decision_lapses_by_itself",
            ),
        ),
        policies(__file__, "0011_whose_decision"),
        # Going back, the former policies stand again.
        migrations.RunSQL(migrations.RunSQL.noop, policies(__file__, "0010_decisions").sql),
    ]
