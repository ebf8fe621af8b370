"""Whatever a person can enter can be put right: corrected, ended or cancelled, taken back, with history and journal.

The models are found by their perimeters: one that people may write, and that names no life here and no reason why it
has none, fails. What a step does is tried at the addresses of the access matrix, with what an allowed person sends.
"""

import datetime as dt
from dataclasses import dataclass

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import AuditEntry, Membership, Organisation
from accounts.scope import acting_as, system_scope
from core.perimeter import declared
from incidents.ongoing.states import state_of
from tests import factories as f
from tests.access import MATRIX, arguments
from tests.versions import planted

OURS = {"core", "accounts", "sites", "incidents", "classification", "partners"}
SYSTEM = "the product acts as"


class Never(str):
    """The reason why a step is not there."""

    __slots__ = ()


@dataclass(frozen=True)
class Life:
    """The URL of each step in the life of what a person enters, or the reason why there is none.

    Attributes:
        corrected: answers 409 to a form opened before another change.
        ended: ends, cancels, revokes or deletes it.
        undone: takes that end back, or makes the like of it again.
        history: "events" where the earlier states are kept, "journal" where the journal alone tells of changes.
        subject: the label of what the journal says the change is about, where it is not the model itself.
        rows: the label of the model whose rows change, where it is not the model itself.
        sent: what the correction sends beside what the access matrix says.
    """

    corrected: str
    ended: str
    undone: str
    history: str
    subject: str = ""
    rows: str = ""
    sent: tuple[tuple[str, str], ...] = ()

    def steps(self) -> dict[str, str]:
        """Return the steps that are there, by their names."""
        named = {name: getattr(self, name) for name in ("corrected", "ended", "undone")}
        return {name: url for name, url in named.items() if not isinstance(url, Never)}


FROZEN = Never("It is frozen: another one supersedes it.")
AGAIN = Never("What was ended by mistake is given again.")
LIVES = {
    "incidents.Incident": Life("incidents:edit", "incidents:cancel", "incidents:restore", "events"),
    "incidents.Disruption": Life(
        "incidents:edit_disruption", "incidents:cancel_disruption", "incidents:restore_disruption", "events"
    ),
    "incidents.StandingObservation": Life(
        "incidents:edit_observation", "incidents:cancel_observation", "incidents:restore_observation", "events"
    ),
    "incidents.Confirmation": Life(
        Never("It says a day alone."),
        "incidents:withdraw_confirmation",
        "incidents:confirm_observation",
        "journal",
        subject="incidents.standingobservation",
    ),
    "incidents.BulkAct": Life(
        Never("It is undone, and another one made."),
        "incidents:undo_bulk_act",
        Never("It is made again."),
        "journal",
    ),
    "incidents.FactReply": Life(
        "incidents:answer", Never("An empty answer takes it back."), AGAIN, "journal", subject="incidents.Incident"
    ),
    "incidents.UnplacedFact": Life(
        Never("It is placed; the fact that it then is can be corrected."),
        "incidents:discard_fact",
        "incidents:take_back_fact",
        "journal",
    ),
    "accounts.User": Life(
        "accounts:rename", "accounts:set_active", Never("The same button opens it again."), "journal",
        sent=(("full_name", "Un autre nom"),),
    ),
    "accounts.Organisation": Life(
        "accounts:rename_organisation", Never("Its people's roles end; what it recorded stays."), AGAIN, "journal"
    ),
    "accounts.Membership": Life(
        Never("It ends, and another one begins."), "accounts:end_membership", Never("It is proposed and accepted again."), "journal"
    ),
    "accounts.Proposal": Life(
        Never("It is taken back, and another one made."), "accounts:withdraw_proposal", "accounts:invite", "journal"
    ),
    "accounts.ApiToken": Life(
        Never("A secret is not changed but replaced."), "accounts:revoke_token", "accounts:create_token", "journal"
    ),
    "sites.Territory": Life(
        "sites:edit_territory", Never("Its agreements and circles end."), AGAIN, "journal"
    ),
    "sites.SharingAgreement": Life(
        Never("Its parties and its days are signed: another one replaces it. What it shares, its terms say."),
        "sites:end_agreement", "sites:sign_agreement", "journal",
    ),
    "sites.AgreementTerms": Life(
        "sites:agreement_communes", Never("The last ones count: communes are taken out by the same form."),
        Never("The same form names the communes again; the former terms stay."), "journal",
        subject="sites.sharingagreement",
    ),
    "sites.Residence": Life(
        "sites:correct_residence", "sites:close_residence", "sites:reopen_residence", "events",
        subject="sites.placechange",
    ),
    "sites.Address": Life(
        "sites:correct_address", "sites:close_address", "sites:reopen_address", "events", subject="sites.placechange"
    ),
    "sites.PlaceChange": Life(
        Never("It is what was done: it is undone, and another one made."), "sites:undo_change",
        Never("It is done again."), "journal",
    ),
    "sites.ResidenceAssignment": Life(
        "sites:assignments",
        Never("A residence is unticked in the same form."),
        "sites:undo_assignments",
        "journal",
        subject="accounts.membership",
    ),
    "sites.ResidenceAlias": Life(
        Never("It is forgotten, and the next file is asked about again."), "sites:forget_reference", AGAIN, "journal",
    ),
    "sites.ImportRun": Life(
        Never("A file is not changed but sent again."), "sites:import_undo", Never("The file is imported again."),
        "journal",
    ),
    "sites.Placement": Life(
        Never("It is undone, and another one made."), "sites:placement_undo", Never("It is made again."), "journal"
    ),
    "incidents.FactSubtype": Life(
        "incidents:edit_subtype", "incidents:end_subtype", "incidents:restore_subtype", "journal",
    ),
    "sites.ImportMapping": Life(
        "sites:import_mapping", "sites:import_mapping_delete", AGAIN, "journal",
    ),
    "sites.SharedMapping": Life(
        "sites:shared_mapping", "sites:shared_mapping_withdraw", AGAIN, "journal",
    ),
    "classification.Decision": Life(
        "classification:decide_level", "classification:withdraw_decision", "classification:decide_level", "journal",
    ),
    "classification.GridAdoption": Life(
        Never("It is withdrawn, and another one proposed."), "classification:adoption_withdraw", "classification:adoption_create",
        "journal",
    ),
    "classification.Rest": Life("classification:rest", "classification:rest_end", "classification:rest", "journal"),
    "classification.Campaign": Life(
        "classification:campaign_edit", "classification:campaign_cancel", Never("Another one is opened."), "journal",
    ),
    "classification.Closing": Life(
        Never("It says a campaign alone."), "classification:closing_abandon", Never("The campaign is closed again."),
        "journal",
    ),
    "classification.Contest": Life(
        Never("It is taken back, and the site contested again."), "classification:contest_take_back",
        "classification:contest_site", "journal",
    ),
    "classification.Settlement": Life(
        "classification:contest_settle", Never("It was concluded: another one takes its place."),
        "classification:contest_settle", "journal",
    ),
    "partners.Circle": Life("partners:circle_edit", "partners:circle_end", "partners:circle_edit", "journal"),
    "partners.Mandate": Life(
        Never("It ends, and another one begins."), "partners:mandate_end", "partners:mandate_create", "journal"
    ),
    "partners.Charter": Life(
        Never("A text that was signed stays; another one replaces it."), "partners:charter_write",
        "partners:charter_write", "journal",
    ),
    "partners.CharterAcceptance": Life(
        Never("It says that a text was accepted."), Never("It stays; the mandate ends."),
        Never("Another text is accepted again."), "journal", subject="partners.charter",
    ),
    "partners.PublicationRequest": Life(
        Never("It says a day alone."), "partners:publication_request_abandon",
        Never("The day can be asked for again."), "journal",
    ),
    "partners.Publication": Life(
        FROZEN, "partners:publication_withdraw", "partners:publication_restore", "journal", rows="partners.Withdrawal"
    ),
    "partners.PlenaryRelease": Life(
        Never("It left the circles: two versions of it could be subtracted."), "partners:plenary_withdraw",
        Never("It was read by everybody; the next campaign gives others."), "journal",
    ),
    "partners.SynthesisNote": Life(
        FROZEN, "partners:note_withdraw", "partners:note_restore", "journal", rows="partners.Withdrawal"
    ),
    "incidents.RetentionTerms": Life(
        Never("Terms are signed: others replace them, and the former ones stay."),
        Never("Others replace them."), "incidents:retention_terms", "journal", subject="sites.territory",
    ),
    "incidents.LegalHold": Life(
        Never("It is lifted, and set again with another reason."), "incidents:lift", "incidents:hold", "journal",
    ),
    "accounts.FactorReset": Life(
        Never("It is refused, and asked for again."), "accounts:answer_factor_reset", "accounts:ask_factor_reset", "journal",
    ),
    "partners.Withdrawal": Life(
        Never("Its readers were told of it as it is: it is taken back, and made again."),
        "partners:publication_restore", "partners:publication_withdraw", "journal", subject="partners.publication",
    ),
    "partners.NoteCopy": Life(
        Never("It is the note, numbered for one person."), "partners:copy_revoke", Never("A new version gives another."),
        "journal",
    ),
}  # fmt: skip

# What people write without entering it, or enter where another record holds it.
WITHOUT = {
    "core.Message": "It is what is to be sent, and goes when it is.",
    "accounts.GuidedVisit": "It says that a person has seen the visit, which they can see again.",
    "accounts.SavedView": "It is how a person reads a list, which nobody else reads: tests/accounts/test_lists.py has its life.",
    "accounts.AuditEntry": "The journal is only ever added to.",
    "accounts.AuditLink": "It links the journal, which is only ever added to.",
    "accounts.Session": "It is a login, which logging out ends.",
    "sites.ResidenceEvent": "It is the history of a residence.",
    "sites.AddressEvent": "It is the history of an address.",
    "sites.PositionChange": "It is the former position of an address, which can be returned to.",
    "sites.ImportFile": "It is the file of an import, forgotten once that is made.",
    "sites.ImportChange": "It is what an import changed, by which it is undone.",
    "incidents.IncidentEvent": "It is the history of a fact.",
    "incidents.DisruptionEvent": "It is the history of a disruption.",
    "incidents.StandingObservationEvent": "It is the history of an observation.",
    "incidents.Narrative": "It is part of the form of a fact, which corrects it; no former text of it is kept.",
    "classification.GridVersion": "It is never changed: another one is saved, and proposed.",
    "classification.AdoptionStep": "It is what a person said of the adoption of a grid, which stays.",
    "partners.Notice": "It is what a person is told of a withdrawal, and says that they read it.",
    "partners.PublishedCount": "It is a count of a publication, frozen with it.",
    "partners.PublishedSite": "It is a site of a publication, frozen with it.",
}


def _label(model) -> str:
    return f"{model._meta.app_label}.{model.__name__}"


def written_by_people() -> dict[str, type]:
    """Return the models that somebody else than the product itself may write, by their labels."""
    policies = declared()
    found = {}
    for model in apps.get_models():
        if model._meta.app_label not in OURS:
            continue
        writes = [policy for policy in policies.get(model._meta.db_table, ()) if policy.command != "SELECT"]
        ways = [way for policy in writes for way in (policy.condition.ways or (policy.condition.says,))]
        if any(not way.startswith(SYSTEM) for way in ways):
            found[_label(model)] = model
    return found


MODELS = written_by_people()
STEPS = [(label, step) for label, life in LIVES.items() for step in life.steps()]


def test_every_model_that_people_write_has_a_life_or_a_reason_for_none():
    assert set(MODELS) == {*LIVES, *WITHOUT}
    assert set(LIVES) & set(WITHOUT) == set()


def test_every_step_is_an_address_that_somebody_may_send_to():
    steps = [MATRIX[url].get("POST") for life in LIVES.values() for url in life.steps().values()]
    assert all(steps)


def _unconfirmed(world):
    """An observation that nobody has confirmed today."""
    with system_scope("seeding"):
        made = f.StandingObservationFactory(address=world.a.address)
        f.ConfirmationFactory(observation=made, day=timezone.localdate() - dt.timedelta(9))
    return {"pk": made.pk}, planted(made, state_of)


# The object and what is sent, where what the access matrix sends would change nothing.
_PLANTED = {"incidents:confirm_observation": _unconfirmed}


def _prepared(world, sign_in, url):
    """Plant what the access matrix sends to ``url``; return a function that sends it, and what it sends besides."""
    row = MATRIX[url]
    who = next(role for role in Role if role in row["POST"])
    if url in _PLANTED:
        kwargs, data = _PLANTED[url](world)
    else:
        kwargs = arguments(url, world, who)
        data = row["data_for"](world, who) if "data_for" in row else row.get("data", lambda _world: {})(world)
    client, path = sign_in(world.people[who]), reverse(url, kwargs=kwargs)
    return lambda **otherwise: client.post(path, data | otherwise)


def _rows(model) -> dict:
    with system_scope("seeding"):
        return {row["pk"]: row for row in model.objects.order_by("pk").values("pk", *_columns(model))}


def _columns(model) -> list[str]:
    return [column.attname for column in model._meta.concrete_fields]


@pytest.fixture
def told(world):
    """Return a function that counts the entries of all journals about records of a label."""
    with system_scope("seeding"):
        officer = f.UserFactory()
        for organisation in Organisation.objects.all():
            Membership.objects.create(user=officer, organisation=organisation, role=Role.DPO)

    def count(label: str) -> int:
        with acting_as(officer):
            return AuditEntry.objects.filter(object_type=label.lower()).count()

    return count


@pytest.mark.parametrize(("label", "step"), STEPS)
def test_a_step_changes_the_record_and_is_in_the_journal(label, step, world, sign_in, told):
    life = LIVES[label]
    about, model = life.subject or label, MODELS[life.rows or label]
    send = _prepared(world, sign_in, life.steps()[step])
    before, entries = _rows(model), told(about)
    answer = send(**dict(life.sent if step == "corrected" else ()))
    # A token is shown once, by the very answer.
    assert answer.status_code in {200, 302}
    assert (_rows(model) != before, told(about) > entries) == (True, True)


CORRECTED = [label for label, life in LIVES.items() if "corrected" in life.steps()]


@pytest.mark.parametrize("label", CORRECTED)
def test_a_stale_correction_is_answered_409_and_writes_nothing(label, world, sign_in):
    send = _prepared(world, sign_in, LIVES[label].corrected)
    before = _rows(MODELS[label])
    answer = send(**dict(LIVES[label].sent), version="name:0123456789abcdef")
    assert (answer.status_code, _rows(MODELS[label])) == (409, before)


@pytest.mark.parametrize("label", [label for label, life in LIVES.items() if life.history == "events"])
def test_each_change_keeps_the_former_state(label, world, sign_in):
    states = apps.get_model(f"{label}Event").objects
    kept = []
    for url in LIVES[label].steps().values():
        _prepared(world, sign_in, url)()
        with system_scope("seeding"):
            kept.append(states.count())
    assert kept == [1, 2, 3]
