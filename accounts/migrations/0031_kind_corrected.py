"""Let an administrator correct the kind of an organisation while nothing rests on it."""

from django.db import migrations

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("accounts", "0030_grants")]

    operations = [policies(__file__, "0031_kind_corrected")]
