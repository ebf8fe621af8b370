"""Have mandates accepted by their persons, rest on one role each, and wait for the current text of a charter."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from core.rls import acting_as, policies

# A mandate that counted rests on the role it counted by; of one whose role has ended nothing is known to rest on.
_FILL = acting_as("seeding", """
UPDATE partners_mandate m SET membership_id = (
    SELECT b.id FROM accounts_membership b
    WHERE b.user_id = m.user_id AND b.organisation_id = m.organisation_id AND b.role = 'partner'
        AND (b.ends_on IS NULL OR b.ends_on > current_date)
    ORDER BY b.starts_on, b.id LIMIT 1
);
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
""")  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0020_roles_held"),
        ("sites", "0021_agreements_only_end"),
        ("partners", "0018_partners_accept"),
    ]

    operations = [
        migrations.AddField(
            model_name="mandate",
            name="proposal",
            field=models.OneToOneField(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="mandate",
                to="accounts.proposal",
            ),
        ),
        migrations.AddField(
            model_name="mandate",
            name="membership",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="mandates",
                to="accounts.membership",
            ),
        ),
        migrations.CreateModel(
            name="Charter",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveSmallIntegerField(editable=False)),
                ("text", models.TextField(verbose_name="texte de la charte")),
                ("written_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "territory",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="charters",
                        to="sites.territory",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "charte",
                "verbose_name_plural": "chartes",
                "ordering": ("-number",),
                "constraints": [
                    models.UniqueConstraint(fields=("territory", "number"), name="charter_number_is_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="CharterAcceptance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("accepted_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "charter",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acceptances",
                        to="partners.charter",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "acceptation de la charte",
                "verbose_name_plural": "acceptations de la charte",
                "ordering": ("id",),
                "constraints": [
                    models.UniqueConstraint(fields=("charter", "user"), name="charter_is_accepted_once")
                ],
            },
        ),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
        policies(__file__, "0019_charters"),
    ]
