"""Let a lead correct the name of their own agents."""

from django.db import migrations

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_typographic_apostrophes")]

    operations = [policies(__file__, "0008_names")]
