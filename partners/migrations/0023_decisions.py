"""Publish with each level what its landlord had decided about it."""

import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("classification", "0010_decisions"),
        ("accounts", "0034_mail_of_an_end"),
        ("partners", "0022_mandates_of_a_council"),
        ("sites", "0023_grants"),
    ]

    operations = [
        migrations.AddField(
            model_name="publishedsite",
            name="decided_on",
            field=models.DateField(null=True, verbose_name="décidé le"),
        ),
        migrations.AddField(
            model_name="publishedsite",
            name="decision_reason",
            field=models.CharField(blank=True, max_length=200, verbose_name="motif de la décision"),
        ),
        migrations.AddField(
            model_name="publishedsite",
            name="retained",
            field=models.PositiveSmallIntegerField(
                choices=[
                    (1, "tranquille"),
                    (2, "incivilités récurrentes"),
                    (3, "délinquance réelle"),
                    (4, "tension installée"),
                ],
                null=True,
                verbose_name="niveau retenu",
            ),
        ),
        # The expression of a generated column cannot be altered.
        migrations.RemoveField(model_name="publishedsite", name="mark"),
        migrations.AddField(
            model_name="publishedsite",
            name="mark",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Case(
                    models.When(
                        models.Q(
                            ("retained", 1), models.Q(("level", 1), ("retained", None)), _connector="OR"
                        ),
                        silent=True,
                        then=models.Value(0),
                    ),
                    default=django.db.models.functions.comparison.Coalesce("retained", "level"),
                    output_field=models.PositiveSmallIntegerField(),
                ),
                output_field=models.PositiveSmallIntegerField(
                    choices=[
                        (0, "saisie interrompue"),
                        (1, "tranquille"),
                        (2, "incivilités récurrentes"),
                        (3, "délinquance réelle"),
                        (4, "tension installée"),
                    ]
                ),
                verbose_name="marque",
            ),
        ),
        migrations.AddConstraint(
            model_name="publishedsite",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_on", None), ("retained", None)),
                    models.Q(
                        ("decided_on__isnull", False),
                        ("retained__isnull", False),
                        ("retained__range", (1, 4)),
                    ),
                    _connector="OR",
                ),
                name="published_site_is_decided_on_a_day",
            ),
        ),
    ]
