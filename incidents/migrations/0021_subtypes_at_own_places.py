"""Open the sub-types of a territory to whoever records at places of its communes, and to no other."""

import django.db.models.deletion
from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0020_words_of_the_booklet"),
    ]

    operations = [
        migrations.AlterField(
            model_name="incident",
            name="subtype",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="incidents",
                to="incidents.factsubtype",
                verbose_name="précision du territoire",
            ),
        ),
        migrations.AlterField(
            model_name="incidentevent",
            name="subtype",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="incidents.factsubtype",
                verbose_name="précision du territoire",
            ),
        ),
        policies(__file__, "0021_subtypes_at_own_places"),
    ]
