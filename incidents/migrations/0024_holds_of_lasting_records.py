"""Let a hold keep a standing observation or a disruption too, with what belongs to it."""

import django.db.models.deletion
from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [("incidents", "0023_retention")]

    operations = [
        migrations.AlterModelOptions(
            name="legalhold",
            options={
                "ordering": ("-starts_on", "-id"),
                "verbose_name": "gel d’un enregistrement",
                "verbose_name_plural": "gels d’enregistrements",
            },
        ),
        migrations.RemoveConstraint(model_name="legalhold", name="legal_hold_is_one_at_a_time"),
        migrations.AddField(
            model_name="legalhold",
            name="disruption",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="holds",
                to="incidents.disruption",
            ),
        ),
        migrations.AddField(
            model_name="legalhold",
            name="observation",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="holds",
                to="incidents.standingobservation",
            ),
        ),
        migrations.AlterField(
            model_name="legalhold",
            name="incident",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="holds",
                to="incidents.incident",
            ),
        ),
        migrations.AddConstraint(
            model_name="legalhold",
            constraint=models.UniqueConstraint(
                condition=models.Q(("lifted_at", None)),
                fields=("incident", "observation", "disruption"),
                name="legal_hold_is_one_at_a_time",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="legalhold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("disruption__isnull", True),
                        ("incident__isnull", False),
                        ("observation__isnull", True),
                    ),
                    models.Q(
                        ("disruption__isnull", True),
                        ("incident__isnull", True),
                        ("observation__isnull", False),
                    ),
                    models.Q(
                        ("disruption__isnull", False),
                        ("incident__isnull", True),
                        ("observation__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="legal_hold_keeps_one_record",
            ),
        ),
        policies(__file__, "0024_holds_of_lasting_records"),
    ]
