"""Let the database cache its plans for this application's part of the scope."""

from django.db import migrations

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("sites", "0005_scope"), ("partners", "0006_mandates_name_an_organisation")]

    operations = [policies(__file__, "0007_scope")]
