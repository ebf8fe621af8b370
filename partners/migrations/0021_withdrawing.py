"""Let a note that closed with what is shared no more be withdrawn."""

from django.db import migrations

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("partners", "0020_seal")]

    operations = [policies(__file__, "0021_withdrawing")]
