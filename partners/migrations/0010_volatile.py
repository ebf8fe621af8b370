"""Declare as VOLATILE the function that writes a setting."""

from django.db import migrations

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("partners", "0009_queued_since")]

    operations = [policies(__file__, "0010_volatile")]
