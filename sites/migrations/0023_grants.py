"""Let nobody write communes, intercommunal bodies and the communes of a territory without a scope."""

from django.db import migrations

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("sites", "0022_seal"), ("accounts", "0030_grants")]

    operations = [policies(__file__, "0023_grants")]
