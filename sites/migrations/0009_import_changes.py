"""Note what an import writes, so that it can be undone."""

from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_scope"), ("sites", "0008_stages_of_an_import")]

    operations = [
        migrations.AddField(
            model_name="importrun",
            name="undone",
            field=models.JSONField(default=dict, editable=False),
        ),
        migrations.CreateModel(
            name="ImportChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("table_name", models.CharField(max_length=63)),
                ("object_id", models.BigIntegerField()),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField()),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=models.deletion.CASCADE, related_name="changes", to="sites.importrun"
                    ),
                ),
            ],
            options={
                "verbose_name": "changement d’un import",
                "verbose_name_plural": "changements d’un import",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "table_name", "object_id"), name="import_change_is_one_for_each_row"
                    )
                ],
            },
        ),
        policies(__file__, "0009_import_changes"),
    ]
