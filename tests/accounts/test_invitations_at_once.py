"""Two people give one person the same thing at the same moment."""

import threading
import time

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, connections
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Membership, User
from accounts.people.services import add_membership, invite
from accounts.scope import acting_as, system_scope
from partners.circles.invitations import invite_partner
from sites.sharing.services import sign_agreement
from tests.world import plant

SITE = "https://palier.example"


def _invite(scope, side):
    return invite(
        scope, email="Nouvelle@exemple.invalid", full_name="Nouvelle Venue", role=Role.AGENT,
        organisation=side.landlord, site_url=SITE,
    )  # fmt: skip


def _at_once(acts) -> list[object]:
    """Do each act in a transaction of its own, the second while the first is still open; return what came of them."""
    results, written = [], threading.Event()

    def first() -> None:
        try:
            results.append(acts[0](wait_for_the_other))
        except (DatabaseError, ValidationError) as error:
            results.append(error)
        finally:
            connections.close_all()

    def wait_for_the_other() -> None:
        written.set()
        for _ in range(200):
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity"
                    " WHERE wait_event_type = 'Lock' AND datname = current_database()"
                )
                if cursor.fetchone()[0]:
                    return
            time.sleep(0.05)

    thread = threading.Thread(target=first)
    thread.start()
    assert written.wait(20)
    try:
        second = acts[1](lambda: None)
    except (DatabaseError, ValidationError) as error:
        second = error
    thread.join()
    return [*results, second]


def _by(person, act):
    def done(then):
        with acting_as(person) as scope:
            result = act(scope)
            then()
        return result

    return done


@pytest.fixture
def two(committed_database):
    return plant()


def test_one_new_address_invited_twice_at_once_has_one_account_and_both_roles(two):
    first, second = _at_once(
        [_by(side.lead, lambda scope, side=side: _invite(scope, side)) for side in (two.a, two.b)]
    )
    assert first == second
    with system_scope("seeding"):
        user = User.objects.get(email__iexact="nouvelle@exemple.invalid")
        held = Membership.objects.filter(user=user).values_list("organisation", flat=True)
        assert set(held) == {two.a.landlord.pk, two.b.landlord.pk}


def _refusal(results) -> list[str]:
    assert isinstance(results[1], ValidationError), results
    return results[1].messages


def test_one_role_given_twice_at_once_is_given_once(two):
    def give(scope):
        return add_membership(scope, user=two.stranger, role=Role.AGENT, organisation=two.a.landlord)

    assert _refusal(_at_once([_by(two.admin, give)] * 2)) == [
        "Cette personne a déjà ce rôle dans cet organisme."
    ]


def test_one_partner_invited_twice_at_once_is_refused_the_second_time(two):
    def give(scope):
        return invite_partner(
            scope, email="police@exemple.invalid", full_name="P. Olice", organisation=two.a.police,
            audit_organisation_id=two.a.territory.organisation_id, site_url=SITE, purpose="",
        )  # fmt: skip

    assert _refusal(_at_once([_by(two.a.coordinator, give)] * 2)) == [
        "Cette adresse ne peut pas être invitée d’ici : adressez-vous à l’exploitant."
    ]


def test_one_agreement_signed_twice_at_once_is_signed_once(two):
    def sign(scope):
        return sign_agreement(
            scope, landlord=two.b.landlord, territory=two.a.territory,
            starts_on=timezone.localdate(), ends_on=None,
        )  # fmt: skip

    assert _refusal(_at_once([_by(two.admin, sign)] * 2)) == [
        "Une période qui chevauche celle-ci existe déjà."
    ]
