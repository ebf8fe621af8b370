"""Test the migration that gives keys to sites published before keys existed."""

import datetime as dt
import os
import subprocess
import sys

from django.db import connection

from accounts.scope import acting_as, system_scope
from config.database import ROOT
from partners.models import PublishedSite
from partners.publications.evolution import compared, previous_of
from sites.models import Residence
from tests import factories as f
from tests.conftest import database_environment
from tests.sharing import publication_of, today
from tests.world import plant

_MIGRATE = """
import sys
import django
django.setup()
from django.core.management import call_command
for target in sys.argv[1:]:
    call_command("migrate", "partners", target, database="owner", verbosity=0)
"""


def _migrate(superuser_uri: str, name: str, *targets: str) -> None:
    connection.close()
    environment = os.environ | database_environment(superuser_uri, name)
    subprocess.run([sys.executable, "-c", _MIGRATE, *targets], cwd=ROOT, env=environment, check=True)


def _published(side, days: int, names: list[str]):
    """Publish the two residences of ``side`` under ``names``."""
    with system_scope("seeding"):
        for residence, name in zip((side.residence, side.other), names, strict=True):
            Residence.objects.filter(pk=residence.pk).update(name=name)
    return publication_of(side, as_of=today() - dt.timedelta(days))


def test_old_sites_are_known_again_by_name_and_those_called_alike_by_nothing(
    committed_database, superuser_uri
):
    world = plant()
    lost = [_published(world.a, days, ["Perdue", "Résidence A bis"]) for days in (9, 8)]
    alike = _published(world.a, 7, ["Résidence A", "Résidence A"])
    named = _published(world.a, 1, ["Résidence A", "Résidence A bis"])
    _published(world.b, 1, ["Résidence A", "Résidence A bis"])
    with system_scope("seeding"):
        kept = dict(PublishedSite.objects.filter(publication=named).values_list("name", "key"))
    _migrate(
        superuser_uri,
        committed_database,
        "0007_scope",
        "0008_published_sites_bear_keys",
        "0020_seal",
    )
    with system_scope("seeding"):
        sites = {
            publication: dict(publication.sites.values_list("name", "key")) for publication in (*lost, named)
        }
        assert sites[named] == kept
        assert sites[lost[0]] == sites[lost[1]] == {"Perdue": sites[lost[0]]["Perdue"], **_bis(kept)}
        assert sites[lost[0]]["Perdue"] not in {None, *kept.values()}
        assert set(alike.sites.values_list("key", flat=True)) == {None}
        assert (
            PublishedSite.objects.exclude(publication__circle=world.a.circle).exclude(key=None).count() == 2
        )
    next_one = publication_of(world.a)
    with acting_as(world.a.partner):
        found = compared(next_one.sites.all(), previous_of(next_one)).values_list("name", "before")
        assert dict(found) == {"Résidence A": 3, "Résidence A bis": 1}
    _triggers_are_back(named)


def _bis(keys: dict) -> dict:
    return {"Résidence A bis": keys["Résidence A bis"]}


def _triggers_are_back(publication) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tgenabled FROM pg_trigger WHERE tgrelid = 'partners_publishedsite'::regclass"
        )
        assert cursor.fetchall() == [("O",)]


def test_every_residence_has_an_identifier_of_its_own_whatever_wrote_it(seeding):
    first, second = f.ResidenceFactory(), f.ResidenceFactory()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO sites_residence (landlord_id, commune_id, reference, name, dwellings,"
            " in_priority_neighbourhood) VALUES (%s, %s, 'x', 'x', 1, false) RETURNING opaque_id",
            [first.landlord_id, first.commune_id],
        )
        identifiers = {first.opaque_id, second.opaque_id, *cursor.fetchone()}
    assert len(identifiers) == 3
