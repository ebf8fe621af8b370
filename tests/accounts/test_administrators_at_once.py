"""Two administrators act on each other at the same moment."""

import threading
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connections

from accounts.enums import Role
from accounts.models import Membership, User
from accounts.people.services import end_membership, set_active
from accounts.scope import acting_as, system_scope
from tests import factories as f
from tests.waiting import PATIENCE_S


@pytest.fixture
def pair(committed_database):
    """Two administrators of one organisation, and nobody else."""
    with system_scope("seeding"):
        first = f.MembershipFactory(organisation__kind="operator", role=Role.ADMIN)
        second = f.MembershipFactory(organisation=first.organisation, role=Role.ADMIN)

    return SimpleNamespace(roles=(first, second), users=(first.user, second.user))


def _close(scope, pair, whom: int) -> None:
    set_active(scope, user=pair.users[whom], active=False)


def _dismiss(scope, pair, whom: int) -> None:
    end_membership(scope, membership=pair.roles[whom])


def _left(pair) -> int:
    with system_scope("seeding"):
        live = Membership.objects.live().filter(role=Role.ADMIN, user__is_active=True)
        return live.filter(user__in=pair.users).count()


@pytest.mark.parametrize("one", [_close, _dismiss])
@pytest.mark.parametrize("other", [_close, _dismiss])
def test_who_was_closed_or_dismissed_meanwhile_does_it_to_nobody(pair, one, other):
    def meanwhile() -> None:
        with acting_as(pair.users[1]) as scope:
            one(scope, pair, 0)
        connections.close_all()

    with acting_as(pair.users[0]) as scope:
        thread = threading.Thread(target=meanwhile)
        thread.start()
        thread.join()
        with pytest.raises(PermissionDenied):
            other(scope, pair, 1)
    assert _left(pair) == 1


@pytest.mark.parametrize("acts", [(_close, _close), (_dismiss, _dismiss), (_close, _dismiss)])
def test_of_two_who_do_it_to_each_other_at_once_one_is_left(pair, acts):
    barrier, errors = threading.Barrier(2), []

    def act(own: int) -> None:
        try:
            with acting_as(pair.users[own]) as scope:
                barrier.wait(PATIENCE_S)
                acts[own](scope, pair, 1 - own)
        except (PermissionDenied, DatabaseError) as error:
            errors.append(type(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=act, args=[own]) for own in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (_left(pair), errors) == (1, [PermissionDenied])


def test_a_closed_account_opens_again_whoever_waits(pair):
    with acting_as(pair.users[0]) as scope:
        _close(scope, pair, 1)
        set_active(scope, user=pair.users[1], active=True)
    with system_scope("seeding"):
        assert User.objects.get(pk=pair.users[1].pk).is_active
    assert _left(pair) == 2
