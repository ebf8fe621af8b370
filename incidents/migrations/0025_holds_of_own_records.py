"""Have a hold keep naming a record of its own landlord when it is changed."""

from django.db import migrations

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("incidents", "0024_holds_of_lasting_records")]

    operations = [policies(__file__, "0025_holds_of_own_records")]
