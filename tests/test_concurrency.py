"""Two people record at the same residence at the same moment."""

import datetime as dt
import threading
from functools import partial
from time import sleep

from django.db import DatabaseError, OperationalError, connection, transaction
from django.utils import timezone

from accounts.scope import system_scope
from tests.factories import AddressFactory, IncidentFactory
from tests.waiting import PATIENCE_S, hold_on, until_another_waits_for_this_transaction


def test_simultaneous_entries_leave_one_true_level(committed_database):
    from accounts.scope import system_scope
    from classification.models import Finding, SiteLevel
    from incidents.changes import records_changed
    from incidents.models import FactType, Incident

    with system_scope("seeding"):
        address = AddressFactory()
        IncidentFactory(address=address, code="TAGS", day=timezone.localdate())
    barrier, errors = threading.Barrier(4), []

    def enter(code: str) -> None:
        try:
            with system_scope("seeding"):
                fact_type = FactType.objects.get(code=code)
                barrier.wait(PATIENCE_S)
                Incident.objects.create(
                    landlord=address.landlord, commune=address.commune, residence=address.residence,
                    address=address, fact_type=fact_type, day=timezone.localdate(),
                )  # fmt: skip
                records_changed([address.residence_id])
        except (DatabaseError, threading.BrokenBarrierError) as error:
            errors.append(error)
        finally:
            connection.close()

    codes = ("NOISE", "INSULTS", "WEAPONS", "VANDALISM")
    threads = [threading.Thread(target=enter, args=[code]) for code in codes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with system_scope("seeding"):
        found = set(Finding.objects.filter(address=address).values_list("fact_type__code", flat=True))
        assert found == {"TAGS", *codes}
        assert SiteLevel.objects.get(address=address).level == 3


def test_figures_of_one_note_see_one_moment(committed_database):
    from accounts.scope import acting_as, system_scope
    from incidents.models import Incident
    from tests.world import plant

    world = plant()

    def enter() -> None:
        with system_scope("seeding"):
            IncidentFactory(address=world.a.address, day=timezone.localdate())
        connection.close()

    with acting_as(world.a.coordinator, still=True), connection.cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")
        assert cursor.fetchone() == ("repeatable read",)
        before = Incident.objects.count()
        other = threading.Thread(target=enter)
        other.start()
        other.join()
        assert Incident.objects.count() == before
    with acting_as(world.a.coordinator):
        assert Incident.objects.count() == before + 1


def test_a_note_is_built_from_one_moment(committed_database, monkeypatch):
    from accounts.scope import acting_as
    from partners.models import SynthesisNote
    from partners.notes import content
    from partners.notes.tasks import make_note
    from tests.world import plant

    world, build, levels = plant(), content.build, []

    def told(*arguments):
        with connection.cursor() as cursor:
            cursor.execute("SHOW transaction_isolation")
            levels.append(cursor.fetchone()[0])
        return build(*arguments)

    monkeypatch.setattr(content, "build", told)
    with acting_as(world.a.coordinator):
        note = SynthesisNote.objects.create(territory=world.a.territory, as_of=timezone.localdate())
    make_note(note.pk, world.a.coordinator.pk)
    assert levels == ["repeatable read"]


def test_one_fact_sent_twice_at_once_is_recorded_once(committed_database):
    """The second sending waits for the first, and then finds what it recorded."""
    from accounts.scope import acting_as
    from incidents.facts.services import BY_FORM, Fact, record_incident
    from incidents.models import FactType
    from tests.world import plant

    side, recorded, done = plant().a, threading.Event(), {}

    def record(sending: str, then) -> None:
        try:
            with acting_as(side.agent) as scope:
                fact = Fact(
                    place=side.address, fact_type=FactType.objects.get(code="NOISE"), day=timezone.localdate()
                )
                incident, made = record_incident(
                    scope=scope, fact=fact, external_source=BY_FORM, external_id="once"
                )
                then()
            done[sending] = incident.pk, made
        except DatabaseError as error:
            done[sending] = error
        finally:
            connection.close()

    def wait_for_the_other() -> None:
        recorded.set()
        until_another_waits_for_this_transaction()

    first = threading.Thread(target=record, args=["first", wait_for_the_other])
    first.start()
    hold_on(recorded)
    record("second", lambda: None)
    first.join()
    (one, made), (other, made_again) = done["first"], done["second"]
    assert (one, made, made_again) == (other, True, False)


def _after(first, second) -> None:
    """Read in one connection, do ``first`` in another, then go on in the one that read before."""
    read, done = threading.Event(), threading.Event()

    def late() -> None:
        try:
            second(lambda: (read.set(), hold_on(done)))
        finally:
            connection.close()

    thread = threading.Thread(target=late)
    thread.start()
    hold_on(read)
    first()
    done.set()
    thread.join()


def test_a_correction_does_not_bring_a_cancelled_fact_back(committed_database):
    from accounts.scope import acting_as, system_scope
    from core.versions import version_of
    from incidents.facts.services import (
        CancelledMeanwhileError,
        Fact,
        cancel_incident,
        correct_incident,
        state_of,
    )
    from incidents.models import Incident
    from tests.world import plant

    side, refused = plant().a, []

    def cancel() -> None:
        with acting_as(side.lead) as scope:
            fact = Incident.objects.get(pk=side.other_incident.pk)
            cancel_incident(scope=scope, incident=fact, reason="doublon")

    def correct(meanwhile) -> None:
        with acting_as(side.agent) as scope:
            read = Incident.objects.get(pk=side.other_incident.pk)
            version = version_of(read, state_of(read))
            meanwhile()
            fact = Fact(place=read.place, fact_type=read.fact_type, day=read.day, place_kind="lobby")
            try:
                correct_incident(scope=scope, incident=read, fact=fact, version=version)
            except CancelledMeanwhileError:
                refused.append(True)

    _after(cancel, correct)
    with system_scope("seeding"):
        fact = Incident.objects.get(pk=side.other_incident.pk)
    assert (fact.cancel_reason, fact.place_kind, refused) == ("doublon", "", [True])
    assert fact.cancelled_at


def test_what_ended_meanwhile_is_neither_confirmed_nor_ended_again(committed_database):
    from accounts.scope import acting_as, system_scope
    from core.versions import StaleError
    from incidents.models import Disruption, StandingObservation
    from incidents.ongoing.holding import EndedMeanwhileError
    from incidents.ongoing.services import confirm_observation, end_disruption, end_observation
    from tests.world import plant

    side, refused = plant().a, []
    day = timezone.localdate() - dt.timedelta(2)

    def end() -> None:
        with acting_as(side.lead) as scope:
            end_observation(scope=scope, observation=side.observation, on=day)
            end_disruption(scope=scope, disruption=side.disruption, on=day)

    def go_on(meanwhile) -> None:
        with acting_as(side.agent) as scope:
            observation = StandingObservation.objects.get(pk=side.observation.pk)
            disruption = Disruption.objects.get(pk=side.disruption.pk)
            meanwhile()
            for late in (
                lambda: confirm_observation(scope=scope, observation=observation),
                lambda: end_observation(scope=scope, observation=observation, on=timezone.localdate()),
                lambda: end_disruption(scope=scope, disruption=disruption, on=timezone.localdate()),
            ):
                try:
                    late()
                except (EndedMeanwhileError, StaleError):
                    refused.append(True)

    _after(end, go_on)
    with system_scope("seeding"):
        assert StandingObservation.objects.get(pk=side.observation.pk).ended_on == day
        assert Disruption.objects.get(pk=side.disruption.pk).ends_on == day
    assert refused == [True] * 3


def _while_another_transaction(holds, work):
    """Run ``work`` while a thread keeps a transaction open in which ``holds`` was called."""
    held, leave = threading.Event(), threading.Event()

    def keep() -> None:
        with transaction.atomic():
            holds()
            held.set()
            hold_on(leave)
        connection.close()

    thread = threading.Thread(target=keep)
    thread.start()
    hold_on(held)
    try:
        return work()
    finally:
        leave.set()
        thread.join()


def _without_waiting(work) -> bool:
    try:
        with system_scope("seeding"), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '200ms'")
            work()
    except OperationalError:
        return False
    return True


def test_many_residences_of_one_landlord_keep_no_other_waiting(committed_database, monkeypatch):
    from classification.engine import services
    from tests.world import plant

    world = plant()
    monkeypatch.setattr(services, "MANY", 1)
    ours, theirs = [world.a.residence.pk, world.a.other.pk], [world.b.residence.pk]
    free = _while_another_transaction(
        lambda: services.evaluate(ours),
        lambda: [_without_waiting(partial(services.evaluate, ids)) for ids in (theirs, ours[:1])],
    )
    assert free == [True, False]


def _turn(organisation_id, kind="stock"):
    from sites.imports.turn import take_turn
    from sites.models import ImportRun

    return partial(take_turn, ImportRun(organisation_id=organisation_id, kind=kind))


def _is_given(turn) -> bool:
    from core.jobs import JobPostponedError

    try:
        with transaction.atomic():
            turn()
    except JobPostponedError:
        return False
    return True


def test_imports_into_one_landlord_wait_for_each_other_alone(committed_database):
    others = [_turn(1), _turn(2), _turn(1, "incidents")]
    free = _while_another_transaction(_turn(1), lambda: [_is_given(other) for other in others])
    assert free == [False, True, True]
    free = _while_another_transaction(_turn(None), lambda: [_is_given(other) for other in others])
    assert free == [False, False, True]


def test_an_import_of_the_operator_waits_for_all_and_keeps_none_waiting(committed_database, monkeypatch):
    from sites.imports import turn

    asked, taken = threading.Event(), threading.Event()
    monkeypatch.setattr(turn.time, "sleep", lambda _s: asked.set() or sleep(0.01))

    def operate() -> None:
        with transaction.atomic():
            _turn(None)()
        taken.set()
        connection.close()

    thread = threading.Thread(target=operate)

    def meanwhile() -> tuple[bool, bool]:
        thread.start()
        hold_on(asked)
        return _is_given(_turn(2)), taken.is_set()

    assert _while_another_transaction(_turn(1), meanwhile) == (True, False)
    thread.join()
    assert taken.is_set()


def test_an_import_that_is_started_while_it_is_abandoned_stays(committed_database):
    from accounts.scope import acting_as
    from core.jobs import JobState
    from sites.enums import ImportStage
    from sites.imports import steps
    from sites.models import ImportRun
    from tests.world import plant

    world = plant()
    with system_scope("seeding"):
        run = ImportRun.objects.create(
            organisation=world.a.landlord, created_by=world.a.lead, kind="stock", filename="parc.csv",
            stage=ImportStage.PREVIEW, state=JobState.DONE,
        )  # fmt: skip
    abandoned = []

    def abandon() -> None:
        try:
            with acting_as(world.a.lead) as scope:
                abandoned.append(steps.abandon(scope, run))
        finally:
            connection.close()

    abandoning = threading.Thread(target=abandon)
    with system_scope("seeding"):
        ImportRun.objects.filter(pk=run.pk).update(stage=ImportStage.IMPORT, state=JobState.QUEUED)
        abandoning.start()
        until_another_waits_for_this_transaction()
    abandoning.join()
    assert abandoned == [False]
    with system_scope("seeding"):
        assert ImportRun.objects.filter(pk=run.pk).exists()
