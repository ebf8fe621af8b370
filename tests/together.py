"""Do two things at the same moment, the second while the transaction of the first is still open."""

import threading

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, connections

from accounts.scope import acting_as
from core.versions import StaleError
from incidents.retention.services import AlreadyHeldError
from tests.waiting import hold_on, until_another_waits_for_this_transaction

REFUSALS = (DatabaseError, ValidationError, PermissionDenied, StaleError, AlreadyHeldError)


def at_once(acts) -> list[object]:
    """Do each act in a transaction of its own, the second while the first is still open; return what came of them."""
    results, written = [], threading.Event()

    def first() -> None:
        try:
            results.append(acts[0](wait_for_the_other))
        except REFUSALS as error:
            results.append(error)
        finally:
            connections.close_all()

    def wait_for_the_other() -> None:
        written.set()
        until_another_waits_for_this_transaction()

    thread = threading.Thread(target=first)
    thread.start()
    hold_on(written)
    try:
        second = acts[1](lambda: None)
    except REFUSALS as error:
        second = error
    thread.join()
    return [*results, second]


def by(person, act):
    """Return an act of ``at_once``, done in the scope of a person; its transaction stays open until the other waits."""

    def done(then):
        with acting_as(person) as scope:
            result = act(scope)
            then()
        return result

    return done
