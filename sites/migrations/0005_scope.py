"""Compute this app's part of the scope in a database function, whose plans the database keeps."""

from django.db import migrations

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_scope"), ("sites", "0004_lost_workers")]

    operations = [policies(__file__, "0005_scope")]
