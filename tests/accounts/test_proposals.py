"""A role is proposed, and counts for nothing until its person accepts it; an inviter learns nothing of the account."""

import datetime as dt
import re
from difflib import unified_diff

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import AuditEntry, Mail, Membership, Proposal, User
from accounts.proposals import answering, services
from accounts.scope import acting_as, system_scope
from incidents.models import Incident
from sites.models import ResidenceAssignment
from tests import factories as f
from tests.blind import insert
from tests.versions import opened

NEW = "une phrase tranquille"
SITE = "https://palier.example"


def _invite(client, world, email, organisation=None, role=Role.AGENT):
    typed = {
        "email": email, "full_name": "Comme écrit",
        "organisation": (organisation or world.a.landlord).pk, "role": role,
    }  # fmt: skip
    return client.post(reverse("accounts:invite"), typed)


def _last() -> Proposal:
    with system_scope("seeding"):
        return Proposal.objects.select_related("user").order_by("pk").last()


def _proposed(world, user, **values) -> Proposal:
    """A role of agent at landlord A proposed by its lead."""
    with system_scope("seeding"):
        return f.ProposalFactory(
            user=user, **{"organisation": world.a.landlord, "proposed_by": world.a.lead} | values
        )


def _scope_of(user) -> dict:
    with acting_as(user) as scope:
        return {role: ids for role, ids in scope.roles.items() if ids}


def _accept(user, proposal):
    with acting_as(user) as scope:
        return answering.accept(scope, proposal=proposal)


def _refused(user, proposal) -> str:
    before = _scope_of(user)
    with pytest.raises(ValidationError) as error:
        _accept(user, proposal)
    assert _scope_of(user) == before
    return error.value.messages[0]


def test_a_proposed_role_counts_for_nothing_until_it_is_accepted(world, sign_in):
    known = world.b.agent
    before, client = _scope_of(known), sign_in(known)
    first = client.get(reverse("incidents:create")).text
    _invite(sign_in(world.a.lead), world, known.email.upper())
    assert _scope_of(known) == before
    with acting_as(known):
        assert not Incident.objects.filter(landlord=world.a.landlord).exists()
    menu = re.compile(r"<nav.*?</nav>", re.DOTALL)
    assert menu.findall(client.get(reverse("incidents:create")).text) == menu.findall(first)
    assert client.get(reverse("home")).headers["Location"] == reverse("incidents:create")
    client.post(reverse("accounts:accept_offer", args=[_last().pk]))
    assert set(_scope_of(known)[Role.AGENT]) == {world.a.landlord.pk, world.b.landlord.pk}
    with acting_as(known):
        assert Incident.objects.filter(landlord=world.a.landlord).exists()


def test_the_person_reads_what_is_proposed_by_whom_and_until_when(world, sign_in):
    proposal = _proposed(world, world.b.lead)
    page = sign_in(world.b.lead).get(reverse("classification:home")).text
    for said in ("Agent de proximité", "Bailleur A", "Référent A", "rien ne change", "à accepter avant le"):
        assert said.lower() in page.lower()
    assert reverse("accounts:accept_offer", args=[proposal.pk]) in page


def _said(html: str, email: str) -> str:
    """The text of a page, without what differs between two requests or two proposals."""
    html = re.sub(
        r'(name="csrfmiddlewaretoken" value=|X-CSRFToken": |name="version" value=)"[^"]+"', "", html
    )
    return re.sub(r"\d{4,}|(?<=/)[\w-]{32}(?=/)", "N", html.replace(email, "ADRESSE"))


@time_machine.travel(timezone.now(), tick=False)
def test_a_known_address_looks_like_an_unknown_one(
    world, sign_in, django_capture_on_commit_callbacks, django_assert_max_num_queries
):
    client, seen = sign_in(world.a.lead), {}
    with system_scope("seeding"):
        closed = f.UserFactory(is_active=False, full_name="Secret Fermé").email
        User.objects.filter(pk__in=[world.a.partner.pk, world.admin.pk]).update(password="set")
    known = [world.a.partner.email, world.admin.email, world.b.agent.email, closed]
    for email in [*known, "inconnue@exemple.invalid"]:
        with django_capture_on_commit_callbacks(execute=True), django_assert_max_num_queries(400) as queries:
            answer = _invite(client, world, email)
        pages = [answer.headers["Location"], reverse("accounts:proposal", args=[_last().pk])]
        seen[email] = [answer.status_code, len(queries)]
        seen[email] += [_said(client.get(page).text, email) for page in pages]
        client.post(reverse("accounts:withdraw_proposal", args=[_last().pk]), follow=True)
    unknown = seen.pop("inconnue@exemple.invalid")
    for email, said in seen.items():
        assert (email, said[:2]) == (email, unknown[:2])
        for page, other in zip(said[2:], unknown[2:], strict=True):
            assert "\n".join(unified_diff(page.splitlines(), other.splitlines(), n=0)) == ""
    with acting_as(world.a.lead):
        assert not User.objects.filter(email__in=seen).exists()
    with system_scope("seeding"):
        names = User.objects.filter(email__in=seen).values_list("full_name", flat=True)
        assert not any(name in page for page in unknown[2:] for name in names)
    assert sorted(message.to[0] for message in mail.outbox) == sorted([*known, "inconnue@exemple.invalid"])


def test_the_mail_to_somebody_known_says_nothing_of_the_role(
    world, sign_in, django_capture_on_commit_callbacks
):
    with system_scope("seeding"):
        User.objects.filter(pk=world.b.agent.pk).update(password="set")
    with django_capture_on_commit_callbacks(execute=True):
        _invite(sign_in(world.a.lead), world, world.b.agent.email)
    (message,) = mail.outbox
    for text in (message.subject, message.body, message.alternatives[0].content):
        for secret in ("Bailleur A", "Agent de proximité", "Référent A", "choisir"):
            assert secret not in text


def _choose(client, link):
    page = client.get(link, follow=True)
    return page, client.post(page.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})


def _links() -> list[str]:
    return [next(word for word in message.body.split() if "choisir" in word) for message in mail.outbox]


def test_a_first_password_accepts_the_role_of_its_link_and_no_other(
    world, sign_in, client, django_capture_on_commit_callbacks
):
    email = "nouvelle@exemple.invalid"
    with django_capture_on_commit_callbacks(execute=True):
        for side in (world.a, world.b):
            _invite(sign_in(side.lead), world, email, side.landlord)
    page, _answer = _choose(client, _links()[0])
    assert ("Bailleur A" in page.text, "Bailleur B" in page.text) == (True, False)
    user = _last().user
    assert _scope_of(user) == {Role.AGENT: [world.a.landlord.pk]}
    offered = sign_in(user).get(reverse("accounts:offers")).context["told"].offered
    assert [offer.organisation.name for offer in offered] == ["Bailleur B"]
    # The other link has no password to choose any more.
    assert client.get(_links()[1], follow=True).context["token_fail"] is True


def test_a_key_accepts_no_other_proposal_than_its_own(
    world, sign_in, client, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        for side in (world.a, world.b):
            _invite(sign_in(side.lead), world, "nouvelle@exemple.invalid", side.landlord)
    first, second = _links()
    # The end of the account's name and the proposal's: each of 32 characters, the key after them.
    named = re.compile(r"(?<=choisir/)([\w-]{32}-)([\w-]{32})(?=\.)")
    others = named.search(second)[2]
    forged = named.sub(rf"\g<1>{others}", first)
    assert others not in first
    assert client.get(forged, follow=True).context["token_fail"] is True


@pytest.mark.parametrize("how", ["withdrawn", "lapsed"])
def test_the_link_of_what_is_proposed_no_more_opens_nothing(
    world, sign_in, client, how, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        _invite(sign_in(world.a.lead), world, "nouvelle@exemple.invalid")
    if how == "withdrawn":
        sign_in(world.a.lead).post(reverse("accounts:withdraw_proposal", args=[_last().pk]))
    else:
        with system_scope("seeding"):
            Proposal.objects.update(lapses_on=timezone.localdate())
    assert client.get(_links()[0], follow=True).context["token_fail"] is True


@pytest.mark.parametrize("who", ["partner", "admin"])
def test_partners_and_administrators_take_no_role_of_a_landlord_and_only_they_are_told(world, sign_in, who):
    person = world.people[Role(who)]
    answer = _invite(sign_in(world.a.lead), world, person.email)
    assert answer.status_code == 302
    proposal = _last()
    assert "n’ont pas de rôle chez un bailleur" in _refused(person, proposal)
    page = sign_in(person).post(reverse("accounts:accept_offer", args=[proposal.pk]), follow=True).text
    assert "n’ont pas de rôle chez un bailleur" in page
    lead_reads = sign_in(world.a.lead).get(reverse("accounts:proposal", args=[proposal.pk])).text
    assert ("en attente de réponse" in lead_reads, "n’ont pas de rôle" in lead_reads) == (True, False)


@pytest.mark.parametrize(
    ("role", "other", "kind"),
    [("agent", "partner", "police"), ("lead", "partner", "justice"), ("lead", "admin", "operator"),
     ("agent", "dpo", "state")],
)  # fmt: skip
@pytest.mark.parametrize("turned", [False, True])
def test_the_database_keeps_the_two_sides_apart_whoever_writes(world, role, other, kind, turned):
    with system_scope("seeding"):
        pair = [
            {"role": role, "organisation": world.a.landlord},
            {"role": other, "organisation": f.OrganisationFactory(kind=kind)},
        ]
        first, second = reversed(pair) if turned else pair
        user = f.MembershipFactory(**first).user
        with pytest.raises(IntegrityError, match="hold no role of a landlord"), transaction.atomic():
            f.MembershipFactory(user=user, **second)
        Membership.objects.filter(user=user).update(ends_on=timezone.localdate())
        f.MembershipFactory(user=user, starts_on=timezone.localdate(), **second)


def test_an_administrator_is_told_of_the_two_sides_at_once(world, sign_in):
    answer = _invite(sign_in(world.admin), world, world.a.partner.email)
    assert (answer.status_code, "n’ont pas de rôle chez un bailleur" in answer.text) == (422, True)


@pytest.mark.parametrize("who", ["lead", "admin"])
def test_nobody_proposes_a_role_to_themselves(world, sign_in, who):
    person = world.people[Role(who)]
    answer = _invite(sign_in(person), world, person.email)
    assert (answer.status_code, "On ne se donne pas un rôle" in answer.text) == (422, True)
    with acting_as(person), pytest.raises(IntegrityError, match="not_to_oneself"), transaction.atomic():
        insert(
            Proposal(
                user=person, proposed_by=person, organisation=world.a.landlord, role=Role.AGENT, email="x",
                full_name="x", proposed_at=timezone.now(), lapses_on=timezone.localdate() + dt.timedelta(9),
            )
        )  # fmt: skip


def test_the_database_lets_nobody_hold_what_they_did_not_accept(world):
    for person in (world.a.lead, world.admin, world.stranger):
        for user in (world.stranger, person):
            with (
                acting_as(person),
                pytest.raises(DatabaseError, match="row-level security"),
                transaction.atomic(),
            ):
                insert(Membership(user=user, organisation=world.a.landlord, role=Role.DPO))
    _proposed(world, world.stranger)
    with (
        acting_as(world.stranger),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
    ):
        insert(Membership(user=world.stranger, organisation=world.a.landlord, role=Role.AGENT))


WRONG = {
    "another's role": lambda p, w: (w.stranger, {"role": Role.LEAD}),
    "another's organisation": lambda p, w: (w.stranger, {"organisation": w.b.landlord}),
    "later": lambda p, w: (w.stranger, {"lapses_on": dt.date(2999, 1, 1)}),
    "answered by the lead": lambda p, w: (w.a.lead, {"state": "accepted", "answered_at": timezone.now()}),
    "answered by an administrator": lambda p, w: (
        w.admin,
        {"state": "refused", "answered_at": timezone.now()},
    ),
    "withdrawn by its person": lambda p, w: (
        w.stranger,
        {"state": "withdrawn", "answered_at": timezone.now()},
    ),
    "lapsed by a person": lambda p, w: (w.a.lead, {"state": "lapsed", "answered_at": timezone.now()}),
    "confirmed without need": lambda p, w: (w.a.lead, {"confirmation": "given", "confirmed_by": w.a.lead}),
    "seen by others": lambda p, w: (w.a.lead, {"seen_by": [w.admin.pk]}),
    "prepared by its person": lambda p, w: (w.stranger, {"prepared": {"residences": []}}),
    "held unanswered": lambda p, w: (w.stranger, {"membership": w.a.agent_membership}),
}


@pytest.mark.parametrize("what", WRONG)
def test_the_database_lets_nobody_change_more_than_is_theirs(world, what):
    proposal = _proposed(world, world.stranger)
    who, values = WRONG[what](proposal, world)
    refusal = r"proposed does not|not theirs|seen by"
    with acting_as(who), pytest.raises(DatabaseError, match=refusal), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(**values)


@pytest.mark.parametrize(
    "values", [{"ends_on": None}, {"role": Role.LEAD}, {"starts_on": dt.date(2000, 1, 1)}]
)
def test_a_role_that_ended_is_not_given_back_nor_changed(world, values):
    with acting_as(world.admin):
        held = Membership.objects.filter(pk=world.a.agent_membership.pk)
        held.update(ends_on=timezone.localdate())
        with pytest.raises(DatabaseError, match="only ever ends"), transaction.atomic():
            held.update(**values)


def test_an_answer_is_given_once_and_by_its_person_alone(world, sign_in):
    proposal = _proposed(world, world.stranger)
    other = sign_in(world.b.agent)
    for url in ("accounts:accept_offer", "accounts:refuse_offer"):
        assert other.post(reverse(url, args=[proposal.pk])).status_code == 404
    with pytest.raises(Proposal.DoesNotExist):
        _accept(world.b.agent, proposal)
    _accept(world.stranger, proposal)
    assert _refused(world.stranger, proposal) == "Vous avez déjà accepté ce rôle."
    with system_scope("seeding"):
        assert Membership.objects.filter(user=world.stranger).count() == 1
        Membership.objects.filter(user=world.stranger).update(ends_on=timezone.localdate())
    # What was accepted once opens no second role.
    with (
        acting_as(world.stranger),
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
    ):
        insert(Membership(user=world.stranger, organisation=world.a.landlord, role=Role.AGENT))


def test_what_was_withdrawn_lapsed_or_refused_cannot_be_accepted(world, sign_in):
    said = []
    for how in ("withdrawn", "lapsed", "refused"):
        proposal = _proposed(world, world.stranger)
        if how == "withdrawn":
            sign_in(world.a.lead).post(reverse("accounts:withdraw_proposal", args=[proposal.pk]))
        if how == "refused":
            sign_in(world.stranger).post(reverse("accounts:refuse_offer", args=[proposal.pk]))
        with time_machine.travel(timezone.now() + dt.timedelta(30 if how == "lapsed" else 0), tick=False):
            said.append(_refused(world.stranger, proposal))
            answering.write_lapsed()
    assert said == [
        "Cette proposition a été retirée.",
        "Cette proposition est restée trop longtemps sans réponse : elle ne vaut plus.",
        "Vous avez déjà refusé ce rôle.",
    ]


def test_a_proposal_falls_with_the_power_of_whoever_made_it(world):
    with system_scope("seeding"):
        second = f.MembershipFactory(organisation=world.a.landlord, role=Role.LEAD)
    ended, closed = _proposed(world, world.stranger), _proposed(world, world.b.agent, proposed_by=second.user)
    with system_scope("seeding"):
        Membership.objects.filter(user=world.a.lead).update(ends_on=timezone.localdate())
        User.objects.filter(pk=second.user_id).update(is_active=False)
    for user, proposal in ((world.stranger, ended), (world.b.agent, closed)):
        assert "n’a plus ce pouvoir" in _refused(user, proposal)


def test_a_closed_account_accepts_nothing(world):
    proposal = _proposed(world, world.stranger)
    with system_scope("seeding"):
        User.objects.filter(pk=world.stranger.pk).update(is_active=False)
    assert _refused(world.stranger, proposal) == "Votre compte est fermé."


def test_a_refusal_is_told_to_the_inviter_without_the_name_of_the_account(world, sign_in):
    proposal, lead = _proposed(world, world.b.agent), sign_in(world.a.lead)
    sign_in(world.b.agent).post(reverse("accounts:refuse_offer", args=[proposal.pk]))
    page = lead.get(reverse("classification:home")).text
    assert ("Comme écrit" in page, "a refusé le" in page) == (True, True)
    journal = lead.get(reverse("accounts:journal")).text
    for text in (page, journal, lead.get(reverse("accounts:users")).text):
        assert ("Agent B" in text, "Bailleur B" in text) == (False, False)
    with acting_as(world.a.lead):
        entry = AuditEntry.objects.filter(object_type="accounts.proposal").latest("pk")
    assert (entry.actor_id, entry.system, entry.detail["refused"]) == (None, "proposals", True)
    lead.post(reverse("accounts:note_proposal", args=[proposal.pk]))
    assert "a refusé le" not in lead.get(reverse("classification:home")).text


def test_what_nobody_answered_is_told_to_the_inviter_and_can_be_proposed_again(world, sign_in):
    proposal = _proposed(world, world.stranger)
    with system_scope("seeding"):
        Proposal.objects.update(lapses_on=timezone.localdate())
    assert answering.write_lapsed() == 1
    lead = sign_in(world.a.lead)
    assert "n’a pas répondu" in lead.get(reverse("classification:home")).text
    again = lead.get(reverse("accounts:invite") + f"?again={proposal.pk}").context["form"]
    assert (again["email"].value(), again["full_name"].value()) == (world.stranger.email, "Comme écrit")
    assert _invite(lead, world, world.stranger.email).status_code == 302
    assert _invite(lead, world, world.stranger.email).status_code == 422


def test_the_residences_foreseen_are_an_agents_once_they_accept(world, sign_in):
    lead = sign_in(world.a.lead)
    url = _invite(lead, world, world.stranger.email).headers["Location"]
    proposal = _last()
    assert url == reverse("sites:proposed_assignments", args=[proposal.pk])
    assert lead.post(url, {"residences": [world.a.other.pk]} | opened(lead, url)).status_code == 302
    with system_scope("seeding"):
        assert not ResidenceAssignment.objects.exists()
    _accept(world.stranger, proposal)
    with acting_as(world.stranger):
        assert set(Incident.objects.values_list("residence", flat=True)) == {world.a.other.pk}


def _by_admin(world, email="nouvelle@exemple.invalid", organisation=None, role=Role.LEAD) -> Proposal:
    with acting_as(world.admin) as scope:
        return services.invite(
            scope, email=email, full_name="Comme écrit", role=role,
            organisation=organisation or world.a.landlord, site_url=SITE,
        )  # fmt: skip


@pytest.mark.parametrize("role", [Role.LEAD, Role.COORDINATOR, Role.AGENT])
def test_an_administrators_gift_waits_for_the_organisations_own_word(
    world, sign_in, role, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        proposal = _by_admin(
            world, world.b.lead.email if role == Role.AGENT else world.stranger.email, role=role
        )
    # The organisation is told that its word is awaited, and the person nothing yet.
    confirming = [world.a.lead.email]
    told = [(message.to, message.subject) for message in mail.outbox]
    assert (proposal.confirmation, told) == (
        "awaited",
        [(confirming, "Une réponse est attendue de vous dans Palier")],
    )
    mail.outbox.clear()
    user = User(pk=proposal.user_id)
    assert (
        reverse("accounts:accept_offer", args=[proposal.pk])
        not in sign_in(_stored(user)).get(reverse("accounts:offers")).text
    )
    assert "doit d’abord confirmer" in _refused(_stored(user), proposal)
    assert (
        sign_in(world.admin).post(reverse("accounts:confirm_proposal", args=[proposal.pk])).status_code == 403
    )
    page = sign_in(world.a.lead).get(reverse("classification:home")).text
    assert (reverse("accounts:confirm_proposal", args=[proposal.pk]) in page, "Comme écrit" in page) == (
        True,
        True,
    )
    with django_capture_on_commit_callbacks(execute=True):
        sign_in(world.a.lead).post(reverse("accounts:confirm_proposal", args=[proposal.pk]))
    assert len(mail.outbox) == 1
    _accept(_stored(user), proposal)


def test_whoever_proposed_is_told_what_others_set_aside_and_not_what_they_did(world, sign_in):
    own, theirs = _by_admin(world, "un@exemple.invalid"), _by_admin(world)
    lead, admin = sign_in(world.a.lead), sign_in(world.admin)
    admin.post(reverse("accounts:withdraw_proposal", args=[own.pk]))
    lead.post(reverse("accounts:withdraw_proposal", args=[theirs.pk]))
    note = [reverse("accounts:note_proposal", args=[proposal.pk]) for proposal in (own, theirs)]
    page = admin.get(reverse("accounts:users")).text
    assert ("a été écarté le" in page, [url in page for url in note]) == (True, [False, True])
    assert "a été écarté le" not in lead.get(reverse("classification:home")).text
    admin.post(note[1])
    assert "a été écarté le" not in admin.get(reverse("accounts:users")).text


def _stored(user) -> User:
    with system_scope("seeding"):
        return User.objects.get(pk=user.pk)


def test_what_nobody_could_confirm_is_told_to_the_later_lead_and_the_officer(world, sign_in):
    with system_scope("seeding"):
        new = f.OrganisationFactory(name="Bailleur neuf")
        officer = f.MembershipFactory(organisation=new, role=Role.DPO).user
    first = _by_admin(world, world.stranger.email, new)
    assert first.confirmation == "nobody"
    _accept(world.stranger, first)
    with system_scope("mail"):
        assert list(Mail.objects.filter(kind="awaited").values_list("user", flat=True)) == [officer.pk]
    with system_scope("seeding"):
        later = f.MembershipFactory(organisation=new, role=Role.LEAD).user
        by = _stored(world.admin).full_name
    for reader, page in ((later, "classification:home"), (officer, "accounts:journal")):
        text = sign_in(reader).get(reverse(page)).text
        assert (f"{by} (Exploitant) a donné le rôle" in text, world.stranger.email in text) == (True, True)
        sign_in(reader).post(reverse("accounts:note_proposal", args=[first.pk]))
        assert "a donné le rôle" not in sign_in(reader).get(reverse(page)).text
    with acting_as(officer):
        told = AuditEntry.objects.filter(object_type="accounts.proposal", action="create").get()
    assert (told.detail["person"], told.detail["role"], told.detail["by"]) == ("Comme écrit", "lead", by)


def test_a_second_gift_made_before_the_first_was_accepted_needs_the_first_lead(world, sign_in):
    with system_scope("seeding"):
        new = f.OrganisationFactory(name="Bailleur neuf")
        other = f.UserFactory()
    first, second = _by_admin(world, world.stranger.email, new), _by_admin(world, other.email, new)
    _accept(world.stranger, first)
    page = sign_in(other).post(reverse("accounts:accept_offer", args=[second.pk]), follow=True).text
    assert ("doit d’abord confirmer" in page, _scope_of(other)) == (True, {})
    with system_scope("seeding"):
        assert Proposal.objects.get(pk=second.pk).confirmation == "awaited"
    with acting_as(world.stranger) as scope:
        services.confirm(scope, proposal=second, site_url=SITE)
    _accept(other, second)


def test_the_database_itself_decides_that_a_gift_needs_a_confirmation(world):
    with acting_as(world.admin):
        insert(
            Proposal(
                user=world.stranger, proposed_by=world.admin, organisation=world.a.landlord, role=Role.LEAD,
                email="x", full_name="x", proposed_at=timezone.now(), confirmation="none",
                lapses_on=timezone.localdate() + dt.timedelta(9),
            )
        )  # fmt: skip
    proposal = _last()
    assert proposal.confirmation == "awaited"
    refusal = pytest.raises(DatabaseError, match="not theirs to confirm")
    with acting_as(world.admin), refusal, transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(confirmation="given", confirmed_by=world.admin)


def test_a_partner_a_coordinator_invites_is_nobodys_until_they_accept(
    world, sign_in, client, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        sign_in(world.a.coordinator).post(
            reverse("partners:mandate_create", args=[world.a.circle.pk]),
            {"email": "capitaine@exemple.invalid", "full_name": "Capitaine", "organisation": world.a.police.pk,
             "starts_on": timezone.localdate()},
        )  # fmt: skip
    user = _last().user
    assert _scope_of(user) == {}
    circle = sign_in(world.a.coordinator).get(reverse("partners:circle", args=[world.a.circle.pk])).text
    assert "invitation en attente de réponse" in circle
    _choose(client, _links()[0])
    assert _scope_of(user) == {Role.PARTNER: [world.a.police.pk]}


def test_proposals_are_read_by_those_they_concern(world):
    _proposed(world, world.stranger)
    counts = {}
    people = {"lead": world.a.lead, "admin": world.admin, "person": world.stranger, "other": world.b.lead,
              "agent": world.a.agent, "officer": world.dpo, "town": world.a.coordinator}  # fmt: skip
    for name, person in people.items():
        with acting_as(person):
            counts[name] = Proposal.objects.count()
    assert counts == {
        "lead": 1, "admin": 1, "person": 1, "other": 0, "agent": 0, "officer": 0, "town": 0
    }  # fmt: skip


@pytest.mark.parametrize(
    "typed", ["jean.du\u017f\u017fart@police.fr", "jean.dussart@pol\u0131ce.fr", "jean.dussart@polïce.fr"]
)
@pytest.mark.parametrize("is_known", [False, True])
def test_an_address_is_not_found_under_letters_that_are_alike_in_another_case(
    world, sign_in, typed, is_known
):
    if is_known:
        with system_scope("seeding"):
            f.UserFactory(email="jean.dussart@police.fr")
    answer = _invite(sign_in(world.a.lead), world, typed)
    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "email": ["Une adresse e-mail s’écrit sans accent ni signe particulier."]
    }
