"""Add the hours of an impossible presence, and mark the rows entered under the former rule.

Until now any disruption of the staff's presence gave level 4. Whether presence was impossible is not known of
such rows: they count by their extent, and a security lead is asked. The mark is given to every row as the column's
first default, without an update, which the policies would hide rows from; only those of the staff's presence are read.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("incidents", "0010_facts_to_place_replaced")]

    operations = [
        migrations.AddField(
            model_name="disruption",
            name="hours_from",
            field=models.TimeField(blank=True, null=True, verbose_name="impossible à partir de"),
        ),
        migrations.AddField(
            model_name="disruption",
            name="hours_until",
            field=models.TimeField(blank=True, null=True, verbose_name="impossible jusqu’à"),
        ),
        migrations.AddField(
            model_name="disruption",
            name="former_rule",
            field=models.BooleanField(
                default=True, editable=False, verbose_name="saisie sous l’ancienne règle"
            ),
        ),
        migrations.AlterField(
            model_name="disruption",
            name="former_rule",
            field=models.BooleanField(
                db_default=False,
                default=False,
                editable=False,
                verbose_name="saisie sous l’ancienne règle",
            ),
        ),
        migrations.AlterField(
            model_name="disruption",
            name="extent",
            field=models.CharField(
                choices=[
                    ("limited", "Limitée, quelques heures au plus"),
                    ("partial", "Partielle ou temporaire"),
                    ("total", "Totale ou durable"),
                    ("impossible", "Présence rendue impossible sur certains horaires"),
                ],
                max_length=10,
                verbose_name="étendue",
            ),
        ),
        migrations.AddConstraint(
            model_name="disruption",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("extent", "impossible"),
                        ("hours_from__isnull", False),
                        ("hours_until__isnull", False),
                        ("service", "staff_presence"),
                    ),
                    models.Q(
                        ("hours_from", None),
                        ("hours_until", None),
                        models.Q(("extent", "impossible"), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="disruption_impossible_presence_has_hours",
                violation_error_message="Une présence impossible est celle du personnel, sur des horaires : dites lesquels.",
            ),
        ),
        migrations.AddConstraint(
            model_name="disruption",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("hours_from", None),
                    models.Q(("hours_until", models.F("hours_from")), _negated=True),
                    _connector="OR",
                ),
                name="disruption_hours_differ",
                violation_error_message="Les deux horaires sont les mêmes.",
            ),
        ),
    ]
