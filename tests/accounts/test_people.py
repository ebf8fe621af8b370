"""Accounts: invitation, roles that end at once, agreements, assignments, the journal."""

import datetime as dt
import re

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.enums import AuditAction, OrganisationKind, Role
from accounts.models import AuditEntry, Membership, Organisation, Proposal, User
from accounts.people.services import set_active, state_of_name
from accounts.scope import acting_as, system_scope
from incidents.models import Incident
from sites.models import Residence, ResidenceAssignment, SharingAgreement, Territory
from sites.sharing.forms import MOST_ASSIGNED
from tests import factories as f
from tests.blind import insert
from tests.versions import opened, planted


@pytest.fixture
def lead(world, sign_in):
    return sign_in(world.a.lead)


@pytest.fixture
def admin(world, sign_in):
    return sign_in(world.admin)


def _invite(client, organisation, role, email="nouvelle@exemple.invalid"):
    data = {"email": email, "full_name": "Nouvelle Venue", "organisation": organisation.pk, "role": role}
    return client.post(reverse("accounts:invite"), data)


def _count_in_journal(reader, **filters):
    with acting_as(reader):
        return AuditEntry.objects.filter(**filters).count()


def test_a_lead_invites_an_agent_who_chooses_a_password_and_gets_in(
    world, lead, client, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        response = _invite(lead, world.a.landlord, Role.AGENT)
    assert response.status_code == 302
    assert [message.to for message in mail.outbox] == [["nouvelle@exemple.invalid"]]
    link = next(word for word in mail.outbox[0].body.split() if "choisir" in word)
    form = client.get(link, follow=True)
    new = "une phrase tranquille"
    client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})
    answer = client.post(reverse("account_login"), {"login": "Nouvelle@exemple.invalid", "password": new})
    assert answer.headers["Location"] == reverse("home")
    assert client.get(reverse("home")).headers["Location"] == reverse("incidents:create")
    assert client.get(link, follow=True).context["token_fail"] is True


@pytest.mark.parametrize("role", [Role.LEAD, Role.DPO, Role.ADMIN, Role.COORDINATOR])
def test_a_lead_gives_no_role_but_agent(world, lead, role):
    assert _invite(lead, world.a.landlord, role).status_code == 422
    with system_scope("seeding"):
        assert not User.objects.filter(email="nouvelle@exemple.invalid").exists()


def test_a_lead_invites_to_no_other_landlord(world, lead):
    assert _invite(lead, world.b.landlord, Role.AGENT).status_code == 422


def test_an_administrator_gives_no_role_the_organisation_does_not_have(world, admin):
    response = _invite(admin, world.a.police, Role.LEAD)
    assert response.status_code == 422
    named = "ne peut donner que ces rôles : Partenaire, Délégué à la protection des données."
    assert named in response.context["form"].errors["role"][0]


@pytest.mark.parametrize("kind", [OrganisationKind.MUNICIPALITY, OrganisationKind.POLICE])
def test_no_two_organisations_have_one_name_whatever_their_kinds(world, admin, kind):
    data = {"name": world.a.police.name.upper(), "kind": kind}
    answer = admin.post(reverse("accounts:create_organisation"), data)
    assert answer.status_code == 422
    assert "porte déjà ce nom (Police nationale)" in answer.context["form"].errors["name"][0]


def test_an_organisation_is_renamed_and_known_by_its_former_name(world, admin):
    url = reverse("accounts:rename_organisation", args=[world.a.landlord.pk])
    former, kind = world.a.landlord.name, {"kind": OrganisationKind.LANDLORD}
    assert admin.post(url, {"name": world.b.landlord.name, **kind} | opened(admin, url)).status_code == 422
    assert admin.post(url, {"name": "Nouveau Nom", **kind} | opened(admin, url)).status_code == 302
    with system_scope("seeding"):
        landlord = Organisation.objects.get(pk=world.a.landlord.pk)
    assert (landlord.name, landlord.aliases, landlord.kind) == ("Nouveau Nom", [former], "landlord")
    renamed = {"object_type": "accounts.organisation", "action": AuditAction.UPDATE}
    assert _count_in_journal(world.a.lead, **renamed) == 1
    assert admin.post(url, {"name": "NOUVEAU NOM", **kind} | opened(admin, url)).status_code == 302


def _rename(client, person, name="Ada Corrigée"):
    version = planted(person, state_of_name)
    return client.post(reverse("accounts:rename", args=[person.pk]), {"full_name": name} | version)


def _stored(person):
    with system_scope("seeding"):
        return User.objects.get(pk=person.pk)


def test_a_lead_corrects_the_name_of_an_own_agent_and_nothing_else(world, lead):
    before = _stored(world.a.agent)
    link = reverse("accounts:rename", args=[before.pk])
    page = lead.get(reverse("accounts:user", args=[before.pk])).content.decode()
    assert (link in page, f"{before.email} · " in page) == (True, True)
    data = {"full_name": "  Ada Corrigée ", "email": "autre@exemple.invalid", "is_active": ""}
    data |= opened(lead, link)
    assert lead.post(link, data).headers["Location"] == reverse("accounts:user", args=[before.pk])
    after = _stored(world.a.agent)
    assert after.full_name == "Ada Corrigée"
    others = [field.name for field in User._meta.concrete_fields if field.name != "full_name"]
    assert [getattr(after, name) for name in others] == [getattr(before, name) for name in others]
    renamed = {"object_type": "accounts.user", "action": AuditAction.UPDATE, "object_id": str(before.pk)}
    assert _count_in_journal(world.a.lead, **renamed) == 1


def test_an_administrator_corrects_any_name(world, admin):
    for person in (world.a.partner, world.b.lead, world.stranger, world.admin):
        assert _rename(admin, person).status_code == 302
        assert _stored(person).full_name == "Ada Corrigée"


@pytest.mark.parametrize("blank", ["", "   ", "x" * 151])
def test_a_name_is_not_emptied_and_what_was_typed_stays(world, lead, blank):
    answer = _rename(lead, world.a.agent, blank)
    assert answer.status_code == 422
    assert answer.context["form"]["full_name"].value() == blank
    assert _stored(world.a.agent).full_name == world.a.agent.full_name


def test_a_lead_corrects_no_name_but_an_agents(world, lead):
    for person in (world.a.lead, world.dpo):
        assert (
            reverse("accounts:rename", args=[person.pk])
            not in lead.get(reverse("accounts:user", args=[person.pk])).content.decode()
        )
        assert lead.get(reverse("accounts:rename", args=[person.pk])).status_code == 403
        assert _rename(lead, person).status_code == 403
        assert _stored(person).full_name == person.full_name
    for person in (world.b.agent, world.a.partner, world.a.coordinator):
        assert _rename(lead, person).status_code == 404
        assert _stored(person).full_name == person.full_name


@pytest.mark.parametrize("elsewhere", ["partner", "agent"])
def test_making_somebody_an_agent_gives_no_hold_on_their_name(world, lead, elsewhere):
    """A lead may give the role to any address; it must not let them rename a partner or another's agent."""
    known = world.b.agent if elsewhere == "agent" else world.a.partner
    _invite(lead, world.a.landlord, Role.AGENT, email=known.email)
    assert lead.get(reverse("accounts:user", args=[known.pk])).status_code == 404
    if elsewhere == "agent":
        with system_scope("seeding"):
            f.MembershipFactory(user=known, organisation=world.a.landlord, role=Role.AGENT)
        assert lead.get(reverse("accounts:user", args=[known.pk])).status_code == 200
    assert _rename(lead, known).status_code == (403 if elsewhere == "agent" else 404)
    assert _stored(known).full_name == known.full_name


def test_a_role_that_has_ended_gives_no_hold_on_a_name_and_takes_none(world, lead):
    with system_scope("seeding"):
        yesterday = timezone.localdate() - dt.timedelta(1)
        f.MembershipFactory(
            user=world.a.agent, organisation=world.b.landlord, role=Role.LEAD, ends_on=yesterday
        )
    assert _rename(lead, world.a.agent).status_code == 302
    lead.post(reverse("accounts:end_membership", args=[world.a.agent_membership.pk]))
    assert _rename(lead, world.a.agent, "Ada Encore").status_code == 403
    assert _stored(world.a.agent).full_name == "Ada Corrigée"


@pytest.mark.parametrize("who", ["lead", "coordinator"])
def test_the_database_lets_naming_change_nobody_who_is_more_than_an_agent(world, who):
    with system_scope("seeding"):
        # An own agent too, who has no other name as such.
        f.MembershipFactory(user=getattr(world.a, who), organisation=world.a.landlord, role=Role.AGENT)
    with system_scope("naming"):
        assert User.objects.filter(pk=getattr(world.a, who).pk).update(full_name="Ada Corrigée") == 0
        assert User.objects.filter(pk=world.a.agent.pk).update(full_name="Ada Corrigée") == 1


def test_the_database_lets_a_lead_propose_no_role_but_agent(world):
    def proposal(role):
        return Proposal(
            user=world.stranger, proposed_by=world.a.lead, organisation=world.a.landlord, role=role, email="x",
            full_name="x", proposed_at=timezone.now(), lapses_on=timezone.localdate() + dt.timedelta(9),
        )  # fmt: skip

    with acting_as(world.a.lead):
        for role in set(Role) - {Role.AGENT}:
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                insert(proposal(role))
        insert(proposal(Role.AGENT))


def test_what_was_typed_stays_when_the_invitation_is_refused(world, admin):
    page = _invite(admin, world.a.police, Role.LEAD).content.decode()
    assert 'value="nouvelle@exemple.invalid"' in page


def test_an_administrator_chooses_every_role_and_a_lead_has_but_one(lead, admin):
    chosen = [reader.get(reverse("accounts:invite")).context["form"]["role"] for reader in (lead, admin)]
    assert [field.field.choices[0][0] for field in chosen] == [Role.AGENT, ""]


def test_the_same_role_is_not_given_twice(world, lead):
    response = _invite(lead, world.a.landlord, Role.AGENT, email=world.a.agent.email)
    assert response.status_code == 422
    assert "déjà ce rôle" in response.content.decode()


def test_ending_a_role_cuts_an_open_session_at_its_next_request(world, lead, sign_in):
    agent = sign_in(world.a.agent)
    assert agent.get(reverse("incidents:list")).status_code == 200
    lead.post(reverse("accounts:end_membership", args=[world.a.agent_membership.pk]))
    assert agent.get(reverse("incidents:list")).status_code == 403


def test_a_lead_ends_no_role_but_an_agents(world, lead):
    with system_scope("seeding"):
        own = Membership.objects.get(user=world.a.lead)
    assert lead.post(reverse("accounts:end_membership", args=[own.pk])).status_code == 403
    with acting_as(world.a.lead) as scope:
        assert scope.has(Role.LEAD)


def test_a_lead_sees_the_people_of_the_own_landlord_and_nobody_else(world, lead):
    page = lead.get(reverse("accounts:users")).content.decode()
    with system_scope("seeding"):
        shown = {user.pk for user in User.objects.all() if user.email in page}
    assert shown == {world.a.lead.pk, world.a.agent.pk, world.dpo.pk}


def test_a_closed_account_is_out_at_once(world, admin, sign_in):
    agent = sign_in(world.a.agent)
    admin.post(reverse("accounts:set_active", args=[world.a.agent.pk]), {"close": ""})
    assert agent.get(reverse("incidents:list")).status_code == 302
    admin.post(reverse("accounts:set_active", args=[world.a.agent.pk]), {"open": ""})
    assert agent.get(reverse("incidents:list")).status_code == 200


def test_nobody_closes_their_own_account(world, admin):
    page = admin.post(reverse("accounts:set_active", args=[world.admin.pk]), {"close": ""}, follow=True)
    assert (page.status_code, "On ne ferme pas son propre compte." in page.text) == (200, True)
    with acting_as(world.admin) as scope, pytest.raises(ValidationError, match="son propre compte"):
        set_active(scope, user=world.admin, active=False)


def test_the_list_of_accounts_costs_the_same_for_one_and_for_three(
    world, admin, django_assert_num_queries, django_assert_max_num_queries
):
    url = reverse("accounts:users") + "?q=pareil"
    counts = []
    for number in (1, 2):
        with system_scope("seeding"):
            for _one in range(number):
                f.MembershipFactory(user__full_name="Pareil")
        admin.get(url)
        with django_assert_max_num_queries(60) as captured:
            assert admin.get(url).context["table"].paginator.count == (1 if number == 1 else 3)
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_an_administrator_makes_organisations_and_territories(world, admin):
    admin.post(
        reverse("accounts:create_organisation"), {"name": "Ville C", "kind": OrganisationKind.MUNICIPALITY}
    )
    with system_scope("seeding"):
        town = Organisation.objects.get(name="Ville C")
    data = {"name": "CLSPD C", "kind": "clspd", "organisation": town.pk, "communes": world.commune.code}
    admin.post(reverse("sites:create_territory"), data)
    with system_scope("seeding"):
        territory = Territory.objects.get(name="CLSPD C")
        assert list(territory.communes.all()) == [world.commune]
    refused = admin.post(
        reverse("sites:edit_territory", args=[territory.pk]),
        data | {"communes": f"{world.commune.code}\n99999x"},
    )
    assert refused.status_code == 422
    assert "« 99999x » n’est ni une commune ni une intercommunalité connue." in refused.content.decode()


def test_a_lead_ends_and_signs_the_own_agreement(world, lead, sign_in):
    coordinator = sign_in(world.a.coordinator)
    lead.post(reverse("sites:end_agreement", args=[world.a.agreement.pk]))
    with acting_as(world.a.coordinator):
        assert Incident.objects.count() == 0
    with system_scope("seeding"):
        ended = SharingAgreement.objects.get(pk=world.a.agreement.pk)
    assert ended.ends_on == timezone.localdate()
    assert coordinator.get(reverse("incidents:list")).status_code == 200


@pytest.mark.parametrize(
    ("starts", "ends", "then", "said"),
    [
        (-60, -20, -20, "Cette convention est déjà terminée : rien n’a été modifié."),
        (10, 10, 10, "Cette convention est déjà terminée : rien n’a été modifié."),
        (10, None, 10, "La convention avec CLSPD A est terminée."),
        (-60, 20, 0, "La convention avec CLSPD A est terminée."),
    ],
)
def test_only_an_agreement_that_has_not_ended_is_ended(world, lead, starts, ends, then, said):
    def day(number):
        return None if number is None else timezone.localdate() + dt.timedelta(number)

    with system_scope("seeding"):
        agreements = SharingAgreement.objects.filter(pk=world.a.agreement.pk)
        agreements.update(starts_on=day(starts), ends_on=day(ends))
    page = lead.post(reverse("sites:end_agreement", args=[world.a.agreement.pk]), follow=True).text
    assert said in page
    with system_scope("seeding"):
        assert agreements.get().ends_on == day(then)
    cancelled = _count_in_journal(world.a.lead, action="cancel", object_type="sites.sharingagreement")
    assert cancelled == int("est terminée" in said and "déjà" not in said)


def test_an_agreement_that_overlaps_another_is_refused_in_words(world, admin):
    data = {
        "landlord": world.a.landlord.pk, "territory": world.a.territory.pk,
        "starts_on": timezone.localdate().isoformat(),
    }  # fmt: skip
    response = admin.post(reverse("sites:sign_agreement"), data)
    assert response.status_code == 422
    assert "chevauche" in response.content.decode()


@pytest.mark.parametrize("days", [0, -1])
def test_an_agreement_ends_after_it_starts_and_keeps_what_was_typed(world, lead, days):
    start = dt.date(2030, 5, 2)
    data = {
        "landlord": world.a.landlord.pk, "territory": world.a.territory.pk, "communes": [world.commune.pk],
        "starts_on": start.isoformat(), "ends_on": (start + dt.timedelta(days)).isoformat(),
    }  # fmt: skip
    response = lead.post(reverse("sites:sign_agreement"), data)
    assert response.status_code == 422
    assert response.context["form"].errors == {"ends_on": ["La fin doit suivre le début."]}
    assert f'value="{start.isoformat()}"' in response.content.decode()


def test_a_lead_says_where_an_agent_works(world, lead):
    url = reverse("sites:assignments", args=[world.a.agent_membership.pk])
    lead.post(url, {"residences": [world.a.other.pk]} | opened(lead, url))
    with acting_as(world.a.agent):
        assert set(Incident.objects.values_list("residence", flat=True)) == {world.a.other.pk}
    assert lead.post(url, {"residences": [world.b.residence.pk]}).status_code == 422
    assert lead.post(url, opened(lead, url)).status_code == 422
    with acting_as(world.a.agent):
        assert set(Incident.objects.values_list("residence", flat=True)) == {world.a.other.pk}
    lead.post(url, {"everywhere": "on"} | opened(lead, url))
    with system_scope("seeding"):
        assert not ResidenceAssignment.objects.filter(membership=world.a.agent_membership).exists()


def _many(world, number: int) -> list[int]:
    with system_scope("seeding"):
        made = Residence.objects.bulk_create(
            Residence(
                landlord=world.a.landlord, commune=world.a.residence.commune, reference=f"N{n}", name=f"N {n}"
            )
            for n in range(number)
        )
    return [residence.pk for residence in made]


def test_an_agent_is_given_more_residences_than_a_thousand(world, lead):
    url, chosen = reverse("sites:assignments", args=[world.a.agent_membership.pk]), _many(world, 1005)
    assert lead.post(url, {"residences": chosen} | opened(lead, url)).status_code == 302
    with system_scope("seeding"):
        assert ResidenceAssignment.objects.filter(membership=world.a.agent_membership).count() == 1005


def test_more_residences_than_an_agent_can_be_given_are_refused_with_the_number(world, lead, settings):
    url = reverse("sites:assignments", args=[world.a.agent_membership.pk])
    chosen = _many(world, MOST_ASSIGNED + 1)
    assert len(chosen) < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
    response = lead.post(url, {"residences": chosen} | opened(lead, url))
    assert response.status_code == 422
    (error,) = response.context["form"].errors["residences"]
    assert re.sub(r"\s", " ", error).startswith("Au plus 5 000 résidences pour un agent")


def test_the_journal_shows_the_own_organisations_entries_and_no_others(world, lead, sign_in):
    end = reverse("accounts:end_membership", args=[world.a.agent_membership.pk])
    lead.post(end)
    sign_in(world.b.lead).post(reverse("accounts:end_membership", args=[world.b.agent_membership.pk]))
    page = sign_in(world.dpo).get(reverse("accounts:journal"), {"action": "cancel"})
    assert page.context["table"].paginator.count == 1
    assert "rattachement : Agent A – Agent de proximité, Bailleur A<" in page.content.decode()
    assert "Référent A" in page.content.decode()


def test_the_journal_filters_and_exports_what_it_shows_and_says_so(world, lead, sign_in):
    lead.post(reverse("accounts:end_membership", args=[world.a.agent_membership.pk]))
    dpo = sign_in(world.dpo)
    url = reverse("accounts:journal_export")
    tomorrow = timezone.localdate() + dt.timedelta(1)
    assert len(dpo.get(url, {"since": tomorrow}).getvalue().decode().splitlines()) == 1
    assert len(dpo.get(url, {"person": "personne de tel"}).getvalue().decode().splitlines()) == 1
    lines = dpo.get(url, {"action": "cancel", "person": "référent a"}).getvalue().decode().splitlines()
    assert len(lines) == 2
    assert "Référent A;Référent sûreté, Bailleur A;annulation;rattachement : Agent A" in lines[1]
    assert _count_in_journal(world.a.lead, action=AuditAction.EXPORT, actor=world.dpo) == 3


def test_the_last_administrator_cannot_go(world, admin):
    with system_scope("seeding"):
        own = world.admin.memberships.get()
        closed = f.MembershipFactory(organisation=own.organisation, role=Role.ADMIN, user__is_active=False)
    end = reverse("accounts:end_membership", args=[own.pk])
    assert "Il ne resterait personne pour administrer" in admin.post(end, follow=True).text
    with system_scope("seeding"):
        User.objects.filter(pk=closed.user_id).update(is_active=True)
    assert admin.post(end).status_code == 302
    with system_scope("seeding"):
        assert Membership.objects.get(pk=own.pk).ends_on == timezone.localdate()
        assert Membership.objects.get(pk=closed.pk).ends_on is None


@pytest.mark.parametrize("blank", ["", " ", "\u2028", "\n\r\x0b"])
def test_a_name_of_which_nothing_shows_is_the_address(blank):
    person = User(full_name=blank, email="ada@exemple.invalid")
    assert (str(person), person.initials) == ("ada@exemple.invalid", "A")
