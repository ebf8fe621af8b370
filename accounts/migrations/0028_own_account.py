"""Let people read what the journals tell of their own account."""

from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("accounts", "0027_rights_of_tokens")]

    operations = [
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                "object_id",
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(object_type="accounts.user"),
                name="audit_entry_account_idx",
            ),
        ),
        policies(__file__, "0028_own_account"),
    ]
