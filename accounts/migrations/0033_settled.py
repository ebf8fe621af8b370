"""Let a page from before a record was deleted be told so."""

from django.db import migrations

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("accounts", "0032_who_confirms_now")]

    operations = [policies(__file__, "0033_settled")]
