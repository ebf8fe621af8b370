"""Enter scopes with a seal that the database checks, and keep them where the runtime role writes nothing."""

from django.db import migrations

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("accounts", "0023_own_sessions"), ("core", "0003_signs")]

    operations = [policies(__file__, "0024_seal")]
