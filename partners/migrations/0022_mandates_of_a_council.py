"""Have a mandate count while its territory belongs to the council in whose name it was given."""

import django.db.models.deletion
from django.db import migrations, models

from core.rls import acting_as, policies

_FILL = """
UPDATE partners_mandate m SET council_id = t.organisation_id FROM sites_territory t WHERE t.id = m.territory_id;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0034_mail_of_an_end"),
        ("sites", "0023_grants"),
        ("partners", "0021_withdrawing"),
    ]

    operations = [
        migrations.AddField(
            "mandate",
            "council",
            models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        migrations.RunSQL(acting_as("seeding", _FILL), migrations.RunSQL.noop),
        migrations.AlterField(
            "mandate",
            "council",
            models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.organisation",
            ),
        ),
        policies(__file__, "0022_mandates_of_a_council"),
        # Going back, no function reads the column any more when it falls.
        migrations.RunSQL(migrations.RunSQL.noop, policies(__file__, "0020_seal").sql),
        migrations.RunSQL(migrations.RunSQL.noop, policies(__file__, "0019_charters").sql),
    ]
