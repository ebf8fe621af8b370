"""Add to each mandate the organisation of its person; it counts only while they are a partner there."""

import django.db.models.deletion
from django.db import migrations, models

from core.rls import acting_as, policies

# Of several memberships one that has not ended is taken first, then the oldest.
FILL = acting_as("seeding", """
UPDATE partners_mandate m SET organisation_id = (
    SELECT b.organisation_id FROM accounts_membership b
    WHERE b.user_id = m.user_id AND b.role = 'partner'
    ORDER BY (b.ends_on IS NULL OR b.ends_on > current_date) DESC, b.starts_on, b.id LIMIT 1
);
""")  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_names"),
        ("partners", "0005_publications_name_landlords"),
    ]

    operations = [
        migrations.AddField(
            model_name="mandate",
            name="organisation",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
                verbose_name="organisme",
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        policies(__file__, "0006_mandates"),
    ]
