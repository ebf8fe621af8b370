"""Note what an import changes of facts that it did not create, so that it can be undone."""

from django.db import migrations

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("incidents", "0006_index_of_recent_facts"), ("sites", "0009_import_changes")]

    operations = [policies(__file__, "0007_import_changes")]
