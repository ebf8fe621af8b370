"""Two people record at the same residence at the same moment."""

import threading

from django.db import DatabaseError, connection
from django.utils import timezone

from tests.factories import AddressFactory, IncidentFactory


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
                barrier.wait()
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

    with acting_as(world.a.coordinator, still=True):
        before = Incident.objects.count()
        other = threading.Thread(target=enter)
        other.start()
        other.join()
        assert Incident.objects.count() == before
    with acting_as(world.a.coordinator):
        assert Incident.objects.count() == before + 1
