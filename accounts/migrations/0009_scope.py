"""Has the database keep its plans for what a person may see."""

from django.db import migrations

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_names")]

    operations = [policies(__file__, "0009_scope")]
