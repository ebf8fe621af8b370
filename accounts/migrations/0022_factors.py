"""Give second factors to their own person alone."""

from django.db import migrations

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0020_roles_held"),
        ("accounts", "0021_seal_journal"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [policies(__file__, "0022_factors")]
