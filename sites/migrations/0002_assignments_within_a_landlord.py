from django.db import migrations

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("sites", "0001_initial")]

    operations = [policies(__file__, "0002_assignments")]
