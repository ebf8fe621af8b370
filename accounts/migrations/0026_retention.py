"""Keep records for their term, and say what was erased."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("accounts", "0025_factor_resets")]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rule", models.CharField(max_length=40)),
                ("number", models.PositiveIntegerField(verbose_name="nombre")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="le")),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "effacement",
                "verbose_name_plural": "effacements",
                "ordering": ("-at", "-id"),
                "indexes": [models.Index(fields=["organisation", "-at"], name="erasure_recent_idx")],
            },
        ),
        policies(__file__, "0026_retention"),
    ]
