"""Hold circles in the scope that bears a seal, and read every agreement as the owner of the tables alone."""

from django.db import migrations

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("sites", "0022_seal"), ("partners", "0019_charters")]

    operations = [policies(__file__, "0020_seal")]
