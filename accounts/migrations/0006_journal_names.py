"""Let the scope "journal" read where the people named in it work."""

from django.db import migrations

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_saved_views")]

    operations = [policies(__file__, "0006_journal_names")]
