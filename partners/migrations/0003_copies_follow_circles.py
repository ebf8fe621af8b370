from django.db import migrations

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("partners", "0002_sharing_follows_agreements")]

    operations = [policies(__file__, "0003_copies")]
