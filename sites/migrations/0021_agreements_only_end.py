"""Let agreements only ever end, and agents for whom residences were foreseen see no others."""

from django.db import migrations

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("accounts", "0020_roles_held"), ("sites", "0020_residences_of_invited_agents")]

    operations = [policies(__file__, "0021_agreements_only_end")]
