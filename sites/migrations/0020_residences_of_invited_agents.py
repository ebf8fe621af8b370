"""Let the residences foreseen for an invited agent be assigned once the agent has accepted."""

from django.db import migrations

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("accounts", "0018_proposals"), ("sites", "0019_agreement_terms")]

    operations = [policies(__file__, "0020_residences_of_invited_agents")]
