"""Have the copies of notes end on a day; those given already on the ninetieth after this migration."""

import datetime as dt

from django.db import migrations, models

from core.rls import policies


def _in_ninety_days():
    return dt.datetime.now(tz=dt.UTC).date() + dt.timedelta(90)


class Migration(migrations.Migration):
    dependencies = [("partners", "0023_decisions")]

    operations = [
        # A draft gets a day as well, which its issuing replaces.
        migrations.AddField(
            model_name="synthesisnote",
            name="copies_until",
            field=models.DateField(
                default=_in_ninety_days,
                editable=False,
                null=True,
                verbose_name="exemplaires téléchargeables jusqu’au (inclus)",
            ),
        ),
        migrations.AlterField(
            model_name="synthesisnote",
            name="copies_until",
            field=models.DateField(
                editable=False, null=True, verbose_name="exemplaires téléchargeables jusqu’au (inclus)"
            ),
        ),
        migrations.AddField(
            model_name="notecopy",
            name="until",
            field=models.DateField(
                default=_in_ninety_days, editable=False, verbose_name="téléchargeable jusqu’au (inclus)"
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="synthesisnote",
            constraint=models.CheckConstraint(
                condition=models.Q(("issued_at", None), ("copies_until__isnull", False), _connector="OR"),
                name="note_is_issued_until_a_day",
            ),
        ),
        policies(__file__, "0024_copies_end"),
    ]
