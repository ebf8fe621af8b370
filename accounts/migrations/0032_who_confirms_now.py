"""Work out who confirms a proposed role when it is confirmed."""

from django.db import migrations

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("accounts", "0031_kind_corrected")]

    operations = [policies(__file__, "0032_who_confirms_now")]
