"""Add to each publication the landlords whose sites it holds, and let only the leads of these read it."""

import django.contrib.postgres.fields
from django.db import migrations, models

from core.rls import acting_as, policies

# Triggers and policies hold for the owner of the tables too: the triggers that freeze publications are disabled
# meanwhile, and a scope is set under which the policies show the rows.
FILL = acting_as("seeding", """
ALTER TABLE partners_publication DISABLE TRIGGER USER;
UPDATE partners_publication p SET landlords = ARRAY(
    SELECT DISTINCT s.shared_by_id FROM partners_publishedsite s WHERE s.publication_id = p.id ORDER BY 1
);
ALTER TABLE partners_publication ENABLE TRIGGER USER;
""")  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("partners", "0004_typographic_apostrophes")]

    operations = [
        migrations.AddField(
            model_name="publication",
            name="landlords",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, editable=False, size=None
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        policies(__file__, "0005_landlords"),
    ]
