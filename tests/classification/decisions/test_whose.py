"""Who writes a decision, in whose name: what the database refuses whatever the application does."""

import pytest
from django.db import Error, transaction
from django.utils import timezone

from accounts.enums import Role
from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from classification.models import Decision, SiteLevel
from sites.models import ResidenceAssignment
from tests import factories as f
from tests.deciding import decides, decision_now, residence_at, site_of, takes_back

WHY = "La rue voisine compte davantage que le hall."
REFUSED = "violates row-level security|Cannot update rows"


@pytest.fixture
def troubled(world):
    return residence_at(world.a.landlord, world.commune, 3, name="Troublée")


def _row(world, residence, by, **other) -> Decision:
    said = {
        "landlord_id": world.a.landlord.pk, "commune_id": world.commune.pk, "residence_id": residence.pk,
        "as_of": timezone.localdate(), "proposed": 3, "silent": False, "retained": 3, "decided_by_id": by.pk,
    }  # fmt: skip
    return Decision(**said | other)


def _inserts(person, row: Decision) -> bool:
    try:
        with acting_as(person), transaction.atomic():
            row.save(force_insert=True)
    except Error:
        return False
    return True


@pytest.fixture
def former(world):
    """A lead of the landlord whose role ended."""
    with system_scope("seeding"):
        role = f.MembershipFactory(
            organisation=world.a.landlord, role=Role.LEAD, ends_on=timezone.localdate()
        )
    return role.user


def test_leads_of_the_landlord_alone_write_decisions(world, troubled, former):
    others = [world.a.agent, world.a.coordinator, world.a.partner, world.b.lead, former]
    others += [world.people[role] for role in (Role.ADMIN, Role.DPO)]
    assert [_inserts(one, _row(world, troubled, one)) for one in others] == [False] * len(others)
    assert _inserts(world.a.lead, _row(world, troubled, world.a.lead))


def test_nobody_decides_in_the_name_of_somebody_else(world, troubled):
    with system_scope("seeding"):
        colleague = f.MembershipFactory(organisation=world.a.landlord, role=Role.LEAD).user
    assert not _inserts(world.a.lead, _row(world, troubled, colleague))
    assert not _inserts(world.a.lead, _row(world, troubled, colleague, decided_by_id=None))


def test_a_decision_names_no_residence_of_another_landlord(world):
    assert not _inserts(world.a.lead, _row(world, world.b.residence, world.a.lead))


def _ends(person, decision, **how) -> int:
    said = {
        "ended_on": timezone.localdate(),
        "ending": "withdrawn",
        "ended_by": person,
        "end_reason": "Relu.",
    }
    with acting_as(person), transaction.atomic():
        return Decision.objects.filter(pk=decision.pk).update(**said | how)


def test_a_decision_is_ended_by_leads_of_the_landlord_in_their_own_name(world, troubled, former):
    decision = decides(world.a.lead, troubled, 4, WHY)
    others = [world.a.agent, world.a.coordinator, world.a.partner, world.b.lead, former]
    assert [_ends(one, decision) for one in others] == [0] * len(others)
    for how in ({"ended_by": world.b.lead}, {"ended_by": None}):
        with pytest.raises(Error, match=REFUSED):
            _ends(world.a.lead, decision, **how)
    with pytest.raises(Error, match="decision_lapses_by_itself"):
        _ends(world.a.lead, decision, ending="lapsed", end_reason="")
    assert decision_now(decision).ended_on is None
    assert _ends(world.a.lead, decision) == 1


def test_no_reader_writes_the_level_that_a_site_is_shown_with(world, troubled):
    for person in (world.a.lead, world.a.agent, world.a.coordinator):
        with acting_as(person), transaction.atomic():
            rows = SiteLevel.objects.filter(residence=troubled)
            assert rows.update(retained=1, decided_on=timezone.localdate()) == 0
    assert site_of(troubled).retained is None


def test_decisions_are_read_as_the_levels_are(world, troubled, former):
    decides(world.a.lead, troubled, 4, WHY)

    def read(person) -> int:
        with acting_as(person):
            return Decision.objects.count()

    readers = (world.a.lead, world.a.coordinator)
    others = (
        world.a.partner,
        world.b.lead,
        world.b.coordinator,
        former,
        world.people[Role.ADMIN],
        world.people[Role.DPO],
    )
    assert [read(one) for one in readers] == [1, 1]
    assert [read(one) for one in others] == [0] * len(others)


def test_an_agent_reads_those_of_the_residences_assigned_to_them(world, troubled):
    decides(world.a.lead, troubled)
    with system_scope("seeding"):
        ResidenceAssignment.objects.create(membership=world.a.agent_membership, residence=world.a.residence)
    with acting_as(world.a.agent):
        assert Decision.objects.count() == 0
    decides(world.a.lead, world.a.residence)
    with acting_as(world.a.agent):
        assert [row.residence_id for row in Decision.objects.all()] == [world.a.residence.pk]


def test_no_journal_holds_the_levels_or_the_reason(world, troubled):
    decision = decides(world.a.lead, troubled, 4, WHY)
    takes_back(world.a.lead, decision, "Relu sur place.")
    with acting_as(world.dpo):
        rows = AuditEntry.objects.filter(object_type="classification.decision", object_id=str(decision.pk))
        made, taken_back = rows.order_by("pk")
    for entry in (made, taken_back):
        assert (entry.organisation_id, entry.actor_id) == (world.a.landlord.pk, world.a.lead.pk)
    assert made.detail == {
        "residence": troubled.pk, "confirms": False, "departs": True, "replaces": False,
    }  # fmt: skip
    assert taken_back.detail == {"residence": troubled.pk}
