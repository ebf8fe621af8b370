"""Test that a form opened before a colleague's change undoes nothing and keeps its values."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.lists.services import save_view
from accounts.models import AuditEntry, Organisation, SavedView, User
from accounts.people.services import correct_organisation, rename
from accounts.scope import acting_as, system_scope
from core.dates import long_date
from core.versions import StaleError, version_of
from incidents.facts.services import Fact, cancel_incident, correct_incident, state_of
from incidents.foreseen import AGREED
from incidents.models import Disruption, Incident, StandingObservation
from incidents.outdated import shown_version
from partners.circles.services import end_circle, update_circle
from partners.models import Circle, Notice, Withdrawal
from partners.withdrawals.telling import state_of as notice_state
from sites.models import ImportMapping, Residence, ResidenceAssignment, SharedMapping, Territory
from sites.sharing.services import assign, save_territory
from tests import factories as f
from tests.access import MATRIX
from tests.access.people import ANONYMOUS
from tests.versions import opened, planted

TYPED = "Dit par le formulaire"
ELSE = "Dit entre-temps"


@dataclass
class Case:
    """A form of one record, whose text field ``name`` a colleague changes while it is open."""

    who: Any
    url: str
    name: str
    answers: dict[str, Any]
    model: type
    pk: int
    of: int = 0

    @property
    def page(self) -> str:
        """The address of the form; ``of`` is the record that it is about, where another one holds the field."""
        return reverse(self.url, args=[self.of or self.pk])

    def stored(self) -> Any:
        with system_scope("seeding"):
            return getattr(self.model.objects.get(pk=self.pk), self.name)

    def change(self) -> None:
        with system_scope("seeding"):
            assert self.model.objects.filter(pk=self.pk).update(**{self.name: ELSE}) == 1


def _cases(world) -> dict[str, Case]:
    a = world.a
    circle = {"territory": a.territory.pk, "purpose": a.circle.purpose, "starts_on": a.circle.starts_on}
    territory = {
        "kind": a.territory.kind,
        "organisation": a.town.pk,
        "communes": f"{world.commune.code} {world.added.code}",
    }
    return {
        "accounts:rename": Case(world.admin, "accounts:rename", "full_name", {}, User, a.agent.pk),
        "accounts:rename_organisation": Case(
            world.admin,
            "accounts:rename_organisation",
            "name",
            {"kind": "landlord"},
            Organisation,
            a.landlord.pk,
        ),
        "partners:circle_edit": Case(
            a.coordinator, "partners:circle_edit", "name", circle, Circle, a.circle.pk
        ),
        "sites:edit_territory": Case(
            world.admin, "sites:edit_territory", "name", territory, Territory, a.territory.pk
        ),
    }


def _mapping(world) -> Case:
    kept = MATRIX["sites:import_mapping"]["kwargs"](world)
    return Case(world.a.lead, "sites:import_mapping", "name", {}, ImportMapping, kept["pk"])


def _shared_mapping(world) -> Case:
    shared = MATRIX["sites:shared_mapping"]["kwargs"](world)
    return Case(world.admin, "sites:shared_mapping", "name", {}, SharedMapping, shared["pk"])


def _withdrawal(name: str):
    """The case of the reason of what is withdrawn already, which the form corrects."""

    def case(world) -> Case:
        given = MATRIX[f"partners:{name}_restore"]["kwargs"](world)["pk"]
        with system_scope("seeding"):
            reason = Withdrawal.objects.get(**{name: given})
        url = f"partners:{name}_withdraw"
        return Case(world.a.coordinator, url, "reason", {}, Withdrawal, reason.pk, given)

    return case


# The cases of records that are in no world, each planted where it is tried.
_PLANTED = {
    "sites:import_mapping": _mapping,
    "sites:shared_mapping": _shared_mapping,
    "partners:publication_withdraw": _withdrawal("publication"),
    "partners:note_withdraw": _withdrawal("note"),
}
CASES = [
    "accounts:rename", "accounts:rename_organisation", "partners:circle_edit", "sites:edit_territory", *_PLANTED,
]  # fmt: skip


@pytest.fixture
def case(world, request):
    planted_case = _PLANTED.get(request.param)
    return planted_case(world) if planted_case else _cases(world)[request.param]


@pytest.fixture
def stale(case, sign_in):
    """The client whose form is open, what it sends, and the answer after a colleague's change."""
    client, url = sign_in(case.who), case.page
    sending = case.answers | {case.name: TYPED} | opened(client, url)
    case.change()
    return client, url, sending


def _next(answer, **decision) -> dict[str, str]:
    """What the page of a conflict sends: its hidden fields, with what was decided."""
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', _form(answer))
    return dict(hidden) | decision


def _form(answer) -> str:
    return re.search(r'<form class="conflict".*?</form>', answer.text, re.DOTALL)[0]


@pytest.mark.parametrize("case", CASES, indirect=True)
def test_a_stale_form_writes_nothing_and_shows_both(case, stale):
    client, url, sending = stale
    answer = client.post(url, sending)
    assert (answer.status_code, case.stored()) == (409, ELSE)
    [row] = answer.context["rows"]
    assert (row.name, row.typed, row.recorded, row.mine, row.theirs) == (case.name, TYPED, ELSE, True, True)
    assert (TYPED in _form(answer), ELSE in _form(answer)) == (True, True)


@pytest.mark.parametrize("case", CASES, indirect=True)
@pytest.mark.parametrize(
    "version",
    [{}, {"version": ""}, {"version": "name:0123456789abcdef"}, {"version": "", "keeps-version": "theirs"}],
)
def test_a_form_that_names_no_version_or_a_made_up_one_writes_nothing(case, stale, version):
    client, url, sending = stale
    sending = {name: value for name, value in sending.items() if name != "version"} | version
    assert (client.post(url, sending).status_code, case.stored()) == (409, ELSE)


@pytest.mark.parametrize("case", CASES, indirect=True)
@pytest.mark.parametrize(("keeps", "then"), [("typed", TYPED), ("theirs", ELSE)])
def test_the_reader_decides_which_stays(case, stale, keeps, then):
    client, url, sending = stale
    decided = _next(client.post(url, sending), **{f"keeps-{case.name}": keeps})
    assert (client.post(url, decided).status_code, case.stored()) == (302, then)


@pytest.mark.parametrize("case", CASES, indirect=True)
def test_going_on_typing_keeps_what_was_typed_and_knows_of_the_change(case, stale):
    client, url, sending = stale
    page = client.post(
        url, _next(client.post(url, sending), **{f"keeps-{case.name}": "typed", "goes-on": "1"})
    )
    form = page.context["form"]
    assert (page.status_code, form[case.name].value(), case.stored()) == (200, TYPED, ELSE)
    again = case.answers | {case.name: "Encore autre chose", "version": form["version"].value()}
    assert (client.post(url, again).status_code, case.stored()) == (302, "Encore autre chose")


@pytest.mark.parametrize("case", CASES, indirect=True)
def test_what_changes_while_the_reader_decides_is_shown_anew(case, stale):
    client, url, sending = stale
    decided = _next(client.post(url, sending), **{f"keeps-{case.name}": "typed"})
    with system_scope("seeding"):
        case.model.objects.filter(pk=case.pk).update(**{case.name: "Et encore"})
    answer = client.post(url, decided)
    assert (answer.status_code, answer.context["rows"][0].recorded) == (409, "Et encore")


@pytest.mark.parametrize("case", CASES, indirect=True)
def test_a_version_fits_one_record_alone(case, sign_in):
    client, url = sign_in(case.who), case.page
    own = opened(client, url)["version"]
    with system_scope("seeding"):
        record = case.model.objects.get(pk=case.pk)
        state = {name: getattr(record, name) for name in (part.split(":")[0] for part in own.split())}
        twin = case.model(pk=case.pk + 1)
    assert version_of(twin, state) != own


def _fact(world, **values) -> Fact:
    incident = world.a.incidents[0]
    stated = {"place": world.a.address, "fact_type": incident.fact_type, "day": incident.day}
    return Fact(**(stated | {"narrative": "Récit secret A"} | values))


def _correct(world, who, fact, version):
    with acting_as(who) as scope:
        return correct_incident(scope=scope, incident=world.a.incidents[0], fact=fact, version=version)


def test_a_stale_correction_of_a_fact_does_not_take_back_a_colleagues(world):
    earlier = world.a.incidents[0].day - dt.timedelta(3)
    version = planted(world.a.incidents[0], state_of)["version"]
    assert _correct(world, world.a.lead, _fact(world, day=earlier), version)
    with pytest.raises(StaleError):
        _correct(world, world.a.agent, _fact(world, place_kind="lobby"), version)
    with system_scope("seeding"):
        now = Incident.objects.get(pk=world.a.incidents[0].pk)
    assert (now.day, now.place_kind) == (earlier, "")
    assert not _correct(world, world.a.agent, _fact(world, day=earlier), version)


@pytest.mark.parametrize("changed", [
    {"narrative": "Porte forcée"}, {"narrative": ""}, {"place_kind": "roof"}, {"complaint_filed": True},
    {"time": dt.time(22, 15)}, {"span_end": None, "source": "police"},
])  # fmt: skip
def test_whatever_a_form_of_a_fact_writes_is_part_of_its_version(world, changed):
    version = planted(world.a.incidents[0], state_of)["version"]
    assert _correct(world, world.a.lead, _fact(world, **changed), version)
    with pytest.raises(StaleError):
        _correct(world, world.a.agent, _fact(world, damage_cost=12), version)


def test_both_sides_of_a_fact_are_joined_field_by_field(world, sign_in):
    incident = world.a.incidents[0]
    agent, url = sign_in(world.a.agent), reverse("incidents:edit", args=[incident.pk])
    typed = {
        "token": "00000000-0000-4000-8000-000000000001", "place": f"a{world.a.address.pk}", "source": "staff",
        "fact_type": incident.fact_type_id, "day": incident.day.isoformat(), "place_kind": "lobby",
        "narrative": "Vitre du hall brisée",
    } | opened(agent, url)  # fmt: skip
    earlier = incident.day - dt.timedelta(3)
    changed = _fact(world, day=earlier, narrative="Porte forcée", complaint_filed=True)
    _correct(world, world.a.lead, changed, typed["version"])
    answer = agent.post(url, typed)
    assert answer.status_code == 409
    rows = {row.name: (row.mine, row.theirs, row.keeps_theirs) for row in answer.context["rows"]}
    assert rows == {
        "day": (False, True, True), "complaint_filed": (False, True, True),
        "place_kind": (True, False, False), "narrative": (True, True, False),
    }  # fmt: skip
    # An agent does not see who leads: only when.
    assert (answer.context["who"], answer.context["when"] != "") == ("", True)
    offered = {f"keeps-{name}": "theirs" if theirs else "typed" for name, (*_, theirs) in rows.items()}
    assert agent.post(url, _next(answer, **offered)).status_code == 302
    with system_scope("seeding"):
        now = Incident.objects.get(pk=incident.pk)
        said = state_of(now)
    assert (said["day"], said["complaint_filed"]) == (earlier, True)
    assert (said["place_kind"], said["narrative"]) == ("lobby", "Vitre du hall brisée")


def test_a_fact_moved_meanwhile_can_be_left_where_it_is_now(world, sign_in):
    incident = world.a.incidents[0]
    lead, url = sign_in(world.a.lead), reverse("incidents:edit", args=[incident.pk])
    typed = {
        "token": "00000000-0000-4000-8000-000000000001", "place": f"a{world.a.address.pk}", "source": "staff",
        "fact_type": incident.fact_type_id, "day": incident.day.isoformat(), "place_kind": "lobby",
        "narrative": "Récit secret A",
    } | opened(lead, url)  # fmt: skip
    _correct(world, world.a.agent, _fact(world, place=world.a.other_address), typed["version"])
    answer = lead.post(url, typed)
    assert answer.context["who"] == world.a.agent.full_name
    place = next(row for row in answer.context["rows"] if row.name == "place")
    assert (place.typed, place.recorded) == ("1 rue A", "2 rue A")
    decided = _next(answer, **{"keeps-place": "theirs", "keeps-place_kind": "typed"})
    assert lead.post(url, decided).status_code == 302
    with system_scope("seeding"):
        now = Incident.objects.get(pk=incident.pk)
    assert (now.address_id, now.place_kind) == (world.a.other_address.pk, "lobby")


def test_a_correction_is_still_refused_for_a_fact_that_was_cancelled_meanwhile(world, sign_in):
    incident = world.a.other_incident
    agent, url = sign_in(world.a.agent), reverse("incidents:edit", args=[incident.pk])
    version = opened(agent, url)
    with acting_as(world.a.lead) as scope:
        cancel_incident(scope=scope, incident=incident, reason="Doublon")
    typed = {"place": f"a{world.a.other_address.pk}", "fact_type": incident.fact_type_id, "source": "staff"}
    answer = agent.post(url, typed | version | {"day": incident.day, "token": "0" * 32})
    assert (answer.status_code, "Ce fait a été annulé entre-temps" in answer.text) == (422, True)


def test_the_same_change_on_both_sides_is_no_conflict(world, sign_in):
    case = _cases(world)["accounts:rename"]
    client, url = sign_in(case.who), case.page
    sending = {"full_name": ELSE} | opened(client, url)
    case.change()
    answer = client.post(url, sending, follow=True)
    assert "Rien n’a été modifié : c’est déjà ce qui est enregistré." in answer.text


def test_residences_given_meanwhile_are_not_taken_away(world, sign_in):
    agent = world.a.agent_membership
    lead, url = sign_in(world.a.lead), reverse("sites:assignments", args=[agent.pk])
    version = opened(lead, url)
    with acting_as(world.a.lead) as scope:
        other = Residence.objects.filter(pk=world.a.other.pk)
        assign(scope, membership=agent, residences=other, version=version["version"])
    answer = lead.post(url, {"residences": [world.a.residence.pk]} | version)
    [row] = answer.context["rows"]
    assert (answer.status_code, row.typed, row.recorded) == (409, "Résidence A", "Résidence A bis")
    assert answer.context["who"].startswith(world.a.lead.full_name)
    none = lead.post(url, version | {"everywhere": "on"})
    assert "Aucune cochée : toutes les résidences du bailleur" in _form(none)
    lead.post(url, _next(answer, **{"keeps-residences": "theirs"}))
    with system_scope("seeding"):
        kept = ResidenceAssignment.objects.filter(membership=agent).values_list("residence", flat=True)
        assert list(kept) == [world.a.other.pk]


def test_a_circle_that_was_ended_meanwhile_is_not_opened_again(world, sign_in):
    case = _cases(world)["partners:circle_edit"]
    client, url = sign_in(case.who), case.page
    sending = case.answers | {"name": TYPED} | opened(client, url)
    with acting_as(world.a.coordinator) as scope:
        end_circle(scope, Circle.objects.get(pk=case.pk))
    answer = client.post(url, sending)
    assert (answer.status_code, {row.name for row in answer.context["rows"]}) == (409, {"name", "ends_on"})
    with system_scope("seeding"):
        assert Circle.objects.get(pk=case.pk).ends_on is not None


def test_a_view_renamed_in_another_tab_is_not_named_back(world, sign_in):
    with acting_as(world.a.lead) as scope:
        view = save_view(scope, list_name="facts", name="Avant", query="tri=day", is_default=False)
    lead = sign_in(world.a.lead)
    version = re.findall(r'name="version" value="([^"]+)"', lead.get("/faits/").text)[0]
    with acting_as(world.a.lead):
        SavedView.objects.filter(pk=view.pk).update(is_default=True)
    sending = {"view": view.pk, "name": "Après", "next": "/faits/", "version": version}
    answer = lead.post(reverse("accounts:change_view"), sending)
    assert (answer.status_code, "Reprendre la saisie" in answer.text) == (409, False)
    decided = _next(answer, **{"keeps-name": "typed", "keeps-is_default": "theirs"})
    assert lead.post(reverse("accounts:change_view"), decided).headers["Location"] == "/faits/"
    with acting_as(world.a.lead):
        assert SavedView.objects.filter(name="Après", is_default=True).count() == 1


def test_a_view_saved_anew_in_another_tab_is_not_deleted_unseen(world, sign_in):
    with acting_as(world.a.lead) as scope:
        view = save_view(scope, list_name="facts", name="Avant", query="tri=day", is_default=False)
    lead, url = sign_in(world.a.lead), reverse("accounts:delete_view")
    version = re.findall(r'name="version" value="([^"]+)"', lead.get("/faits/").text)[0]
    with acting_as(world.a.lead) as scope:
        save_view(scope, list_name="facts", name="Avant", query="tri=type", is_default=False)
    sending = {"view": view.pk, "next": "/faits/", "version": version}
    answer = lead.post(url, sending)
    assert (answer.status_code, "/faits/?tri=type" in answer.text) == (409, True)
    with acting_as(world.a.lead):
        assert SavedView.objects.filter(pk=view.pk).exists()
    decided = sending | {"version": answer.context["version"]}
    assert lead.post(url, decided).headers["Location"] == "/faits/"
    with acting_as(world.a.lead):
        assert not SavedView.objects.filter(pk=view.pk).exists()


@pytest.mark.parametrize("write", [
    lambda scope, world: rename(scope, user=world.a.agent, full_name=TYPED, version=""),
    lambda scope, world: correct_organisation(
        scope, organisation=world.a.landlord, name=TYPED, kind="landlord", version=""
    ),
    lambda scope, world: save_territory(
        scope, territory=world.a.territory, name=TYPED, kind="clspd", organisation=world.a.town, communes=[]
    ),
])  # fmt: skip
def test_no_service_writes_a_whole_record_without_a_version(world, write):
    with acting_as(world.admin) as scope, pytest.raises(StaleError):
        write(scope, world)


def test_nor_do_those_of_circles_and_of_residences(world):
    with acting_as(world.a.coordinator) as scope, pytest.raises(StaleError):
        update_circle(scope, Circle.objects.get(pk=world.a.circle.pk), version="")
    with acting_as(world.a.lead) as scope, pytest.raises(StaleError):
        assign(scope, membership=world.a.agent_membership, residences=[], version="")


def test_a_change_by_an_administrator_is_not_told_as_a_colleagues(world, sign_in):
    url = reverse("accounts:rename", args=[world.a.agent.pk])
    lead, admin = sign_in(world.a.lead), sign_in(world.admin)
    assert lead.post(url, {"full_name": ELSE} | opened(lead, url)).status_code == 302
    form = opened(lead, url)
    assert admin.post(url, {"full_name": "Ada"} | opened(admin, url)).status_code == 302
    answer = lead.post(url, {"full_name": TYPED} | form)
    assert (answer.status_code, answer.context["who"]) == (
        409,
        f"{world.admin}, Administrateur, {world.operator}",
    )


def test_a_conflict_is_no_entry_of_the_journal(world, sign_in):
    case = _cases(world)["accounts:rename_organisation"]
    client, url = sign_in(case.who), case.page
    client.post(url, {"name": TYPED, "version": ""})
    with acting_as(world.a.lead):
        assert not AuditEntry.objects.filter(object_type="accounts.organisation").exists()


@dataclass
class Decision:
    """A decision about a record, taken on a page from before a colleague's correction.

    Attributes:
        url: where it is sent.
        record: the record.
        sent: what it sends beside the version.
        changed: a column that the colleague changes, with its new value as stored and as displayed.
        version: the name of the field with the version.
        decided: whether the record, as it is stored now, shows the decision.
    """

    url: str
    record: Any
    sent: dict[str, Any]
    changed: tuple[str, Any, str]
    decided: Callable[[Any], bool]
    version: str = "version"

    def stored(self) -> Any:
        with system_scope("seeding"):
            return type(self.record).objects.select_related("residence", "address").get(pk=self.record.pk)

    def decide(self, client, version: str, **more: str):
        return client.post(self.url, self.sent | {self.version: version} | more)


def _lift(side) -> Disruption:
    """A disruption that an agent entered."""
    with system_scope("seeding"):
        return f.DisruptionFactory(address=side.address, service="lift", extent="limited", seen_at=None)


def _former(side) -> Disruption:
    with system_scope("seeding"):
        return f.DisruptionFactory(
            address=side.address, service="staff_presence", extent="limited", former_rule=True
        )


def _stated(side) -> StandingObservation:
    with system_scope("seeding"):
        made = f.StandingObservationFactory(address=side.address, frequency=1)
        f.ConfirmationFactory(observation=made, day=timezone.localdate() - dt.timedelta(9))
    return made


def _decision(name: str, side) -> Decision:
    reason, month_ago = {"reason": "Doublon"}, timezone.localdate() - dt.timedelta(30)
    if name == "cancel":
        fact = side.incidents[0]
        return Decision(
            reverse("incidents:cancel", args=[fact.pk]), fact, reason, ("place_kind", "roof", "Toiture"),
            lambda now: now.cancelled_at is not None,
        )  # fmt: skip
    if name in {"cancel_disruption", "see_disruptions"}:
        record, sees = _lift(side), name == "see_disruptions"
        return Decision(
            reverse("incidents:see_disruptions") if sees else reverse("incidents:cancel_disruption", args=[record.pk]),
            record, {"disruption": record.pk} if sees else reason, ("starts_on", month_ago, long_date(month_ago)),
            lambda now: bool(now.seen_at if sees else now.cancelled_at),
            f"version-{record.pk}" if sees else "version",
        )  # fmt: skip
    if name == "reread_disruption":
        record = _former(side)
        return Decision(
            reverse("incidents:reread_disruption", args=[record.pk]), record, {"extent": "limited"},
            ("starts_on", month_ago, long_date(month_ago)), lambda now: not now.former_rule,
        )  # fmt: skip
    record, confirms = _stated(side), name == "confirm_observation"
    return Decision(
        reverse(f"incidents:{name}", args=[record.pk]), record, {} if confirms else reason,
        ("since", month_ago, long_date(month_ago)),
        lambda now: _confirmed_today(now) if confirms else now.cancelled_at is not None,
    )  # fmt: skip


def _confirmed_today(observation) -> bool:
    with system_scope("seeding"):
        return observation.confirmations.filter(day=timezone.localdate()).exists()


DECISIONS = [
    "cancel", "cancel_disruption", "cancel_observation", "confirm_observation", "reread_disruption", "see_disruptions",
]  # fmt: skip


@pytest.mark.parametrize("name", DECISIONS)
def test_a_decision_on_a_page_from_before_a_change_writes_nothing_and_shows_what_changed(
    name, world, sign_in
):
    decision = _decision(name, world.a)
    column, value, said = decision.changed
    with acting_as(world.a.lead):
        shown = shown_version(decision.stored())
        record = decision.stored()
        setattr(record, column, value)
        record.changed_by, record.changed_at = world.a.agent, timezone.now()
        record.save()
    client = sign_in(world.a.lead)
    answer = decision.decide(client, shown)
    assert (answer.status_code, decision.decided(decision.stored())) == (409, False)
    [one] = answer.context["found"]
    [revision] = one.revisions
    assert [(d.name, str(d.after)) for d in revision.differences] in (
        [(column, said)],
        [(column, str(value))],
    )
    assert (said in answer.text, world.a.agent.full_name in answer.text) == (True, True)
    again = decision.decide(client, one.version)
    if again.status_code == 200:
        again = decision.decide(client, one.version, **{AGREED: again.context["foreseen"].key})
    assert (again.status_code, decision.decided(decision.stored())) == (302, True)


@pytest.mark.parametrize("name", DECISIONS)
@pytest.mark.parametrize("version", ["", "name:0123456789abcdef"])
def test_a_decision_that_names_no_version_or_a_made_up_one_writes_nothing(name, version, world, sign_in):
    decision = _decision(name, world.a)
    answer = decision.decide(sign_in(world.a.lead), version)
    assert (answer.status_code, decision.decided(decision.stored())) == (409, False)


def test_the_pages_send_the_version_of_what_they_show(world, sign_in):
    client, lift, stated = sign_in(world.a.lead), _lift(world.a), _stated(world.a)
    sent = {record: f'value="{shown_version(record)}"' for record in (lift, stated)}
    pages = [
        (reverse("incidents:disruption", args=[lift.pk]), lift), (reverse("incidents:disruptions"), lift),
        (reverse("incidents:observation", args=[stated.pk]), stated), (reverse("incidents:observations"), stated),
    ]  # fmt: skip
    assert [sent[record] in client.get(page).text for page, record in pages] == [True] * 4


def test_who_was_told_of_a_withdrawal_takes_note_of_what_the_page_said_alone(world, sign_in):
    pk = MATRIX["partners:notice_seen"]["kwargs"](world)["pk"]
    client, url = sign_in(world.a.lead), reverse("partners:notice_seen", args=[pk])
    with system_scope("seeding"):
        notice = Notice.objects.select_related("withdrawal").get(pk=pk)
        shown = {"version": version_of(notice, notice_state(notice))}
        Withdrawal.objects.filter(pk=notice.withdrawal_id).update(reason=ELSE)
    answer = client.post(url, shown)
    with system_scope("seeding"):
        assert Notice.objects.get(pk=pk).seen_at is None
    assert (answer.status_code, ELSE in answer.text) == (409, True)
    assert client.post(url, {}).status_code == 409


# Forms of a record that do not write it whole: they add something beside it, end it once, or take an import, whose
# stage says what may be sent, a step further.
_NOT_WHOLE = {
    "account_reset_password_from_key",
    "accounts:add_membership",
    # It ends a decision, which nobody can change meanwhile but by ending it.
    "classification:withdraw_decision",
    # They make a record, or move a campaign on, which its state alone allows.
    "classification:campaign_cancel",
    "classification:campaign_correct",
    "classification:campaign_create",
    "classification:adoption_answer",
    "classification:adoption_create",
    "classification:adoption_withdraw",
    "classification:contest_site",
    "incidents:discard_fact",
    "incidents:hold",
    "incidents:hold_disruption",
    "incidents:hold_observation",
    "incidents:place_fact",
    "incidents:retention_terms",
    "incidents:undo_bulk_act",
    "partners:mandate_create",
    # They are made once, and withdrawn once.
    "partners:plenary_prepare",
    "partners:plenary_withdraw",
    "partners:campaign_publish",
    "partners:publish",
    "sites:import_columns",
    "sites:import_undo",
    "sites:import_words",
}
_OF_A_RECORD = sorted(
    name for name, row in MATRIX.items() if {"GET", "POST", "kwargs"} <= set(row) and name not in _NOT_WHOLE
)


@pytest.mark.parametrize("name", _OF_A_RECORD)
def test_every_form_of_a_whole_record_names_its_version(name, world, sign_in):
    row = MATRIX[name]
    who = next(role for role in Role if role in row["POST"] and ANONYMOUS not in row["POST"])
    page = sign_in(world.people[who]).get(reverse(name, kwargs=row["kwargs"](world)))
    version = page.context["form"]["version"].value()
    assert re.search(rf'<input[^>]*name="version"[^>]*value="{re.escape(version)}"', page.text)
