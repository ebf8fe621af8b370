"""Store that a security lead has read a fact, and their answer."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from core.rls import policies


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0017_subtypes_end"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FactReply",
            fields=[
                (
                    "incident",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="reply",
                        serialize=False,
                        to="incidents.incident",
                    ),
                ),
                ("read_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="lu le")),
                ("answer", models.CharField(blank=True, max_length=200, verbose_name="réponse")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="répondu le")),
                (
                    "answered_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "read_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "réponse à un fait",
                "verbose_name_plural": "réponses à des faits",
                "ordering": ("incident_id",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("answer", ""), ("answered_at__isnull", False), _connector="XOR"),
                        name="fact_reply_says_when_it_answered",
                        violation_error_message="Une réponse a une date.",
                    )
                ],
            },
        ),
        policies(__file__, "0018_answers_to_facts"),
    ]
