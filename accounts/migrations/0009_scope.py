"""Compute the scope in database functions, whose plans the database keeps."""

from django.db import migrations

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_names")]

    operations = [policies(__file__, "0009_scope")]
