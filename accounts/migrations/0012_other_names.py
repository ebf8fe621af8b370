"""Let the leads of a landlord keep its other names."""

from django.db import migrations

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_index_of_journals")]

    operations = [policies(__file__, "0012_other_names")]
