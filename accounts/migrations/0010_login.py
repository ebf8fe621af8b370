"""Let the login read accounts without writing them, and give API tokens a system scope of their own."""

from django.db import migrations

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_scope")]

    operations = [policies(__file__, "0010_login")]
