"""Let the login find accounts without writing them, and recognise a program under a name of its own."""

from django.db import migrations

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_scope")]

    operations = [policies(__file__, "0010_login")]
