"""Freeze with each published site by when its landlord was expected to decide about its level; sites of before say nothing of it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partners", "0025_precision_of_circles")]

    operations = [
        migrations.AddField(
            model_name="publishedsite",
            name="expected_on",
            field=models.DateField(null=True, verbose_name="décision attendue pour le"),
        ),
        migrations.AddConstraint(
            model_name="publishedsite",
            constraint=models.CheckConstraint(
                condition=models.Q(("decided_on", None), ("expected_on", None), _connector="OR"),
                name="published_site_is_decided_or_expected",
            ),
        ),
    ]
