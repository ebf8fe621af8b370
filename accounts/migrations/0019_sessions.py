"""Keep sessions under digests, in a table of the product's own; everybody logs in once more."""

from django.db import migrations, models

from core.rls import policies

# The former table held the keys themselves, and is gone with them.
_FORMER = "DROP TABLE IF EXISTS django_session"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0018_proposals"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [
        migrations.CreateModel(
            name="Session",
            fields=[
                ("session_key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "abstract": False,
            },
        ),
        policies(__file__, "0019_sessions"),
        migrations.RunSQL(_FORMER, migrations.RunSQL.noop),
    ]
