"""Let the scope "backup" read the age of the last backup."""

from django.db import migrations

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_cache_table")]

    operations = [policies(__file__, "0003_backup_age")]
