"""Test the migration that marks the disruptions entered while any of the staff's presence gave level 4."""

import os
import subprocess
import sys

from django.db import connection

from accounts.scope import system_scope
from config.database import ROOT
from incidents.models import Disruption
from incidents.ongoing.services import to_reread
from tests import factories as f
from tests.conftest import database_environment

_MIGRATE = """
import django
django.setup()
from django.core.management import call_command
for target in ("0010_facts_to_place_replaced", None):
    call_command("migrate", *(["incidents", target] if target else []), database="owner", verbosity=0)
"""


def test_what_was_entered_under_the_former_rule_is_marked_and_only_what_it_made_4_is_asked_about(
    committed_database, superuser_uri
):
    presence = {"service": "staff_presence"}
    with system_scope("seeding"):
        address = f.AddressFactory()
        asked = f.DisruptionFactory(address=address, **presence, extent="limited")
        kept = [
            f.DisruptionFactory(address=address, **presence, extent="total"),
            f.DisruptionFactory(address=address, **presence, extent="partial", recurs_daily=True),
            f.DisruptionFactory(address=address, service="lift", extent="limited"),
        ]
    old = [asked.pk, *(one.pk for one in kept)]
    connection.close()
    # Back to where the columns are not, and forth: the rows are then those of an old database.
    environment = os.environ | database_environment(superuser_uri, committed_database)
    subprocess.run([sys.executable, "-c", _MIGRATE], cwd=ROOT, env=environment, check=True)
    with system_scope("seeding"):
        rows = dict(Disruption.objects.values_list("pk", "former_rule"))
        assert rows == dict.fromkeys(old, True)
        assert list(Disruption.objects.exclude(hours_from=None, hours_until=None)) == []
        assert [one.pk for one in to_reread(Disruption.objects.all())] == [asked.pk]
        # What is entered since has no mark, whatever it is.
        assert f.DisruptionFactory(address=address, **presence, extent="limited").former_rule is False
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO incidents_disruption (landlord_id, commune_id, residence_id, service, extent, starts_on,"
                " recurs_daily, created_at) SELECT landlord_id, commune_id, residence_id, 'lift', 'total', starts_on,"
                " false, now() FROM incidents_disruption WHERE id = %s RETURNING former_rule",
                [asked.pk],
            )
            assert cursor.fetchone() == (False,)
