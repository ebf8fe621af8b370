"""Hold what is shared in the scope that bears a seal."""

from django.db import migrations

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("accounts", "0024_seal"), ("sites", "0021_agreements_only_end")]

    operations = [policies(__file__, "0022_seal")]
