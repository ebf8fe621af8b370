"""Has the database keep its plans for this app's part of the scope."""

from django.db import migrations

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_scope"), ("sites", "0004_lost_workers")]

    operations = [policies(__file__, "0005_scope")]
