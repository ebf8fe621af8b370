"""Let nobody but its person write the password of an account, and nobody its address."""

from django.db import migrations

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("accounts", "0029_mail_of_entry")]

    operations = [policies(__file__, "0030_grants")]
