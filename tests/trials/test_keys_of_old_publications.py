"""Test the migrations that fill what rows of former versions lack, on such rows: nobody sees more by them.

One run back and forth is used for all: keys of published sites, the communes and the roles that what was given rests on,
and the terms of agreements.
"""

import datetime as dt
import os
import subprocess
import sys
from importlib import import_module

import psycopg
from django.db import connection
from psycopg import sql

from accounts.enums import Role
from accounts.models import Membership
from accounts.scope import acting_as, system_scope
from config.database import OWNER_ROLE, ROOT
from incidents.models import Incident
from partners.models import Circle, Mandate, NoteCopy, Publication, PublishedSite, SynthesisNote
from partners.publications.evolution import compared, previous_of
from sites.models import AgreementTerms, Residence
from tests import factories as f
from tests.conftest import database_environment
from tests.sharing import issued_of, publication_of, today
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


# What terms say, but for who named them and when.
_TERMS = ("agreement", "landlord", "territory", "organisation", "kind", "communes", "refused", "refused_kind")


def _published(side, days: int, names: list[str]):
    """Publish the two residences of ``side`` under ``names``."""
    with system_scope("seeding"):
        for residence, name in zip((side.residence, side.other), names, strict=True):
            Residence.objects.filter(pk=residence.pk).update(name=name)
    return publication_of(side, as_of=today() - dt.timedelta(days))


def _old_terms(superuser_uri: str, name: str) -> None:
    """Take the terms of all agreements away, and have the migration that brought them write those of old agreements."""
    fill = import_module("sites.migrations.0019_agreement_terms")._AS_SHARED_NOW
    with psycopg.connect(superuser_uri, dbname=name) as owner:
        owner.execute("SET LOCAL session_replication_role = replica")
        owner.execute("DELETE FROM sites_agreementterms")
        owner.execute("SET LOCAL session_replication_role = origin")
        owner.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(OWNER_ROLE)))
        owner.execute(fill)


def _seen(*people) -> list[dict]:
    """Return what each person sees of what agreements and mandates open."""
    found = []
    for person in people:
        with acting_as(person):
            found.append({model: set(model.objects.values_list("pk", flat=True)) for model in _OPENED})
    return found


_OPENED = (Residence, Incident, Circle, Publication, PublishedSite, SynthesisNote, NoteCopy)


def test_rows_of_former_versions_are_filled_and_open_nothing_more(committed_database, superuser_uri):
    world = plant()
    a = world.a
    with system_scope("seeding"):
        held = f.MembershipFactory(organisation=a.police, role=Role.PARTNER)
        left = f.MandateFactory(circle=a.circle, user=held.user)
        terms = list(
            AgreementTerms.objects.order_by("agreement", "-pk").distinct("agreement").values(*_TERMS)
        )
    note = issued_of(a)
    lost = [_published(world.a, days, ["Perdue", "Résidence A bis"]) for days in (9, 8)]
    alike = _published(world.a, 7, ["Résidence A", "Résidence A"])
    named = _published(world.a, 1, ["Résidence A", "Résidence A bis"])
    _published(world.b, 1, ["Résidence A", "Résidence A bis"])
    with system_scope("seeding"):
        kept = dict(PublishedSite.objects.filter(publication=named).values_list("name", "key"))
        shared = dict(PublishedSite.objects.values_list("pk", "shared_in"))
        shares = SynthesisNote.objects.get(pk=note.pk).shares
        # As before agreements named communes: all that the territory has is shared.
        both = [world.commune.pk, world.added.pk]
        f.AgreementTermsFactory(agreement=world.d.agreement, communes=both)
        terms = list(
            AgreementTerms.objects.order_by("agreement", "-pk").distinct("agreement").values(*_TERMS)
        )
        Membership.objects.filter(pk=held.pk).update(ends_on=today() - dt.timedelta(1))
    people = (a.coordinator, a.partner, held.user, a.lead, world.b.coordinator, world.b.partner, world.d.lead)
    seen = _seen(*people)
    _old_terms(superuser_uri, committed_database)
    _migrate(
        superuser_uri,
        committed_database,
        "0007_scope",
        "0008_published_sites_bear_keys",
        "0028_campaigns_published",
    )
    with system_scope("seeding"):
        sites = {
            publication: dict(publication.sites.values_list("name", "key")) for publication in (*lost, named)
        }
        assert sites[named] == kept
        assert sites[lost[0]] == sites[lost[1]] == {"Perdue": sites[lost[0]]["Perdue"], **_bis(kept)}
        assert sites[lost[0]]["Perdue"] not in {None, *kept.values()}
        assert set(alike.sites.values_list("key", flat=True)) == {None}
        now = dict(PublishedSite.objects.values_list("pk", "shared_in"))
        assert (now, set(now.values())) == (shared, {world.commune.pk})
        assert SynthesisNote.objects.get(pk=note.pk).shares == shares
        mandates = dict(Mandate.objects.values_list("pk", "membership"))
        assert (mandates[a.mandate.pk], mandates[left.pk]) == (a.mandate.membership_id, None)
        assert list(AgreementTerms.objects.order_by("agreement").values(*_TERMS)) == terms
        assert (
            PublishedSite.objects.exclude(publication__circle=world.a.circle).exclude(key=None).count() == 2
        )
        # What was given before has the precision that every circle had.
        for model in (Circle, Publication, PublishedSite):
            assert set(model.objects.values_list("precision", flat=True)) == {"address"}
    assert _seen(*people) == seen
    assert [bool(one[PublishedSite]) for one in seen[:3]] == [True, True, False]
    next_one = publication_of(world.a)
    with acting_as(world.a.partner):
        found = compared(next_one.sites.all(), previous_of(next_one)).values_list("name", "before")
        # What its landlord shares since is there for the first time.
        assert dict(found) == {"Résidence A": 3, "Résidence A bis": 1, "Hors périmètre D": None}
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
