"""Have the role of partner proposed to whoever a coordinator invites, instead of given."""

from django.db import migrations

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("accounts", "0018_proposals"), ("partners", "0017_agreement_terms")]

    operations = [policies(__file__, "0018_partners_accept")]
