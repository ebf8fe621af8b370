"""The journal says what was done to a record, also where the same record is changed in many ways."""

import ast
from collections.abc import Iterator

from accounts.enums import Role
from accounts.journal.reading import _SAID, figures
from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from config.database import ROOT
from incidents.facts import services as facts
from incidents.models import FactSubtype
from incidents.nomenclature import services as nomenclature
from incidents.ongoing import correcting
from partners.models import Publication
from partners.withdrawals import services as withdrawals
from tests import factories as f
from tests.partners.test_withdrawals import withdrawn
from tests.sharing import publication_of

APPS = ("accounts", "sites", "incidents", "classification", "partners", "portal")
_WRITERS = {"write_entry", "write_account_entry", "_write", "_write_entry", "_write_request", "enter"}


def _details_that_say_yes() -> Iterator[str]:
    """Yield the name of each detail that an entry is written with, and that holds only a yes."""
    for path in (path for app in APPS for path in (ROOT / app).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if "=True" in text and any(f"{writer}(" in text for writer in _WRITERS):
            calls = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
            for call in calls:
                if getattr(call.func, "id", getattr(call.func, "attr", "")) in _WRITERS:
                    yield from (str(detail.arg) for detail in call.keywords if _is_yes(detail.value))


def _is_yes(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is True


def test_each_detail_that_holds_a_yes_has_words():
    written = set(_details_that_say_yes())
    assert {"restored", "reason_corrected", "retried"} <= written
    assert written - set(_SAID) == set()


def test_a_restoration_is_told_apart_from_a_correction(world):
    with system_scope("seeding"):
        subtype = FactSubtype.objects.create(
            territory=world.a.territory, fact_type=world.a.incidents[0].fact_type, label="Hall squatté"
        )
        officers = [
            f.MembershipFactory(organisation=body, role=Role.DPO).user
            for body in (world.a.landlord, world.a.town)
        ]
    with acting_as(world.a.lead) as scope:
        facts.cancel_incident(scope=scope, incident=world.a.incidents[1], reason="Doublon")
        facts.restore_incident(scope=scope, incident=world.a.incidents[1])
        for record in (world.a.disruption, world.a.observation):
            correcting.cancel(scope=scope, record=record, reason="Doublon")
            correcting.restore(scope=scope, record=record)
    publication = publication_of(world.a)
    withdrawn(world.a, publication)
    with acting_as(world.a.coordinator) as scope:
        withdrawals.restore(scope, Publication.objects.get(pk=publication.pk))
        nomenclature.end_subtype(scope, subtype)
        nomenclature.restore_subtype(scope, subtype)
    told = []
    for officer in officers:
        with acting_as(officer):
            rows = AuditEntry.objects.filter(action="update").order_by("id")
            told += [(row.object_type, figures(row)) for row in rows]
    assert told == [
        ("incidents.incident", "rétablissement"),
        ("incidents.disruption", "rétablissement"),
        ("incidents.standingobservation", "rétablissement"),
        ("partners.publication", "rétablissement"),
        ("partners.publication", "rétablissement"),
        ("incidents.factsubtype", "rétablissement"),
    ]
