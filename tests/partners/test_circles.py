"""Circles, mandates and invitations: over HTTP, and at the database."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import OrganisationKind, Role
from accounts.models import Membership, Organisation, Proposal, User
from accounts.scope import acting_as, system_scope
from partners.models import Circle, Mandate, PublishedSite
from sites.models import Territory
from tests import factories as f
from tests.blind import insert
from tests.joining import invited, joins
from tests.sharing import copy_of, issued_of, journal, publication_of, site_address, today


def test_coordinator_opens_a_circle_that_shares_with_nobody(world, sign_in):
    client = sign_in(world.a.coordinator)
    data = {
        "territory": world.a.territory.pk, "name": "GLTD", "purpose": "Essai", "precision": "address", "starts_on": today(),
    }  # fmt: skip
    response = client.post(reverse("partners:circle_create"), data, follow=True)
    assert "Cette cellule est vide : elle ne partage avec personne" in response.text
    assert journal(world.a.coordinator) == [("create", "partners.circle", world.a.town.pk)]


def test_a_circle_is_not_opened_in_anothers_territory(world, sign_in):
    data = {"territory": world.b.territory.pk, "name": "GLTD", "purpose": "Essai", "starts_on": today()}
    response = sign_in(world.a.coordinator).post(reverse("partners:circle_create"), data)
    assert response.status_code == 422
    assert 'value="GLTD"' in response.text
    with system_scope("seeding"):
        assert Circle.objects.filter(territory=world.b.territory).count() == 1


def test_partner_sees_own_live_circles_alone(world, sign_in):
    client = sign_in(world.a.partner)
    page = client.get(reverse("partners:circles")).text
    assert "Cellule A" in page
    assert "Cellule B" not in page
    with system_scope("seeding"):
        Mandate.objects.filter(pk=world.a.mandate.pk).update(ends_on=today())
    assert "Aucune cellule ne vous est ouverte" in client.get(reverse("partners:circles")).text


@pytest.mark.parametrize("what", ["mandate", "circle", "membership"])
def test_what_ends_cuts_an_open_session(world, sign_in, what):
    publication, note = publication_of(world.a), issued_of(world.a)
    urls = [
        reverse("partners:circle", args=[world.a.circle.pk]),
        reverse("partners:publication", args=[publication.pk]),
        site_address(publication.pk, 1),
        reverse("partners:copy_document", args=[copy_of(note, world.a.partner).pk]),
    ]
    client = sign_in(world.a.partner)
    assert [client.get(url).status_code for url in urls] == [200] * 4
    with system_scope("seeding"):
        rows = {
            "mandate": Mandate.objects.filter(pk=world.a.mandate.pk),
            "circle": Circle.objects.filter(pk=world.a.circle.pk),
            "membership": Membership.objects.filter(user=world.a.partner),
        }[what]
        rows.update(ends_on=today())
    closed = 403 if what == "membership" else 404
    assert [client.get(url).status_code for url in urls] == [closed] * 4


def test_who_leaves_the_service_a_mandate_was_given_for_leaves_the_circle(world, sign_in):
    publication, note = publication_of(world.a), issued_of(world.a)
    copy = copy_of(note, world.a.partner)
    with system_scope("seeding"):
        justice = f.OrganisationFactory(kind=OrganisationKind.JUSTICE)
        f.MembershipFactory(user=world.a.partner, organisation=justice, role=Role.PARTNER)
    client = sign_in(world.a.partner)
    urls = [
        reverse("partners:circle", args=[world.a.circle.pk]),
        reverse("partners:publication", args=[publication.pk]),
        reverse("partners:copy_document", args=[copy.pk]),
    ]
    assert [client.get(url).status_code for url in urls] == [200] * 3
    with system_scope("seeding"):
        Membership.objects.filter(user=world.a.partner, organisation=world.a.police).update(ends_on=today())
    assert [client.get(url).status_code for url in urls] == [404] * 3
    page = sign_in(world.a.coordinator).get(urls[0]).text
    assert "Sans accès : n’est plus de cet organisme" in page
    assert "Commissariat A" in page


def test_ending_a_mandate_from_its_page_is_at_once_and_journaled(world, sign_in):
    publication = publication_of(world.a)
    partner, coordinator = sign_in(world.a.partner), sign_in(world.a.coordinator)
    url = reverse("partners:publication", args=[publication.pk])
    assert partner.get(url).status_code == 200
    coordinator.post(reverse("partners:mandate_end", args=[world.a.mandate.pk]))
    assert partner.get(url).status_code == 404
    assert journal(world.a.coordinator)[-1] == ("update", "partners.mandate", world.a.town.pk)


def test_a_circle_that_was_ended_by_mistake_is_opened_again_with_its_members(world, sign_in):
    publication_of(world.a)
    coordinator, pk = sign_in(world.a.coordinator), world.a.circle.pk
    told = coordinator.post(reverse("partners:circle_end", args=[pk]), follow=True)
    edit = reverse("partners:circle_edit", args=[pk])
    assert ("Terminée par erreur" in told.text, edit in told.text) == (True, True)
    with acting_as(world.a.partner):
        assert not Circle.objects.filter(pk=pk).exists()
    form = coordinator.get(edit).context["form"]
    kept = {name: form[name].value() for name in ("territory", "name", "purpose", "starts_on", "version")}
    assert coordinator.post(edit, kept | {"ends_on": ""}).status_code == 302
    with acting_as(world.a.partner):
        assert Circle.objects.get(pk=pk).publications.count() == 1


@pytest.mark.parametrize("what", ["circle", "mandate"])
def test_what_has_ended_keeps_its_end(world, sign_in, what):
    ended = today() - dt.timedelta(30)
    found = getattr(world.a, what)
    with system_scope("seeding"):
        type(found).objects.filter(pk=found.pk).update(ends_on=ended)
        if what == "mandate":
            f.MandateFactory(circle=world.a.circle, user=world.a.partner, starts_on=today())
    before = journal(world.a.coordinator)
    assert (
        sign_in(world.a.coordinator).post(reverse(f"partners:{what}_end", args=[found.pk])).status_code == 302
    )
    with system_scope("seeding"):
        assert type(found).objects.get(pk=found.pk).ends_on == ended
    assert journal(world.a.coordinator) == before


@pytest.mark.parametrize("page", ["publications", "circle", "publish", "note"])
def test_whoever_reads_how_many_sites_have_which_level_is_journalled(world, sign_in, page):
    publication_of(world.a)
    note = issued_of(world.a)
    url = {
        "publications": reverse("partners:publications"),
        "circle": reverse("partners:circle", args=[world.a.circle.pk]),
        "publish": reverse("partners:publish", args=[world.a.circle.pk])
        + f"?as_of={today() - dt.timedelta(1)}",
        "note": reverse("partners:note", args=[note.pk]),
    }[page]
    before = len(journal(world.a.coordinator))
    assert sign_in(world.a.coordinator).get(url).status_code == 200
    kept = journal(world.a.coordinator)[before:]
    assert [(action, journal_of) for action, _kind, journal_of in kept] == [
        ("read", world.a.town.pk), ("read", world.a.landlord.pk),
    ]  # fmt: skip


def _mandate(client, world, **data):
    url = reverse("partners:mandate_create", args=[world.a.circle.pk])
    typed = {"starts_on": today(), "full_name": "Comme écrit", "organisation": world.a.police.pk}
    return client.post(url, typed | data)


def test_a_mandate_gives_nothing_until_its_person_accepts_it(world, sign_in):
    assert (
        _mandate(sign_in(world.a.coordinator), world, email=world.b.partner.email.upper()).status_code == 302
    )

    def circles():
        with acting_as(world.b.partner):
            return set(Circle.objects.values_list("pk", flat=True))

    assert circles() == {world.b.circle.pk}
    with system_scope("seeding"):
        proposal = Proposal.objects.get(user=world.b.partner)
    sign_in(world.b.partner).post(reverse("accounts:accept_offer", args=[proposal.pk]))
    assert circles() == {world.a.circle.pk, world.b.circle.pk}
    page = sign_in(world.a.coordinator).get(reverse("partners:circle", args=[world.a.circle.pk])).text
    assert (world.b.partner.full_name in page, "Comme écrit" in page) == (True, False)


def test_nothing_typed_is_lost_and_the_organisations_are_those_of_circles(world, sign_in):
    first = _mandate(sign_in(world.a.coordinator), world, email="capitaine@exemple.invalid", organisation="")
    assert first.status_code == 422
    assert ('value="capitaine@exemple.invalid"' in first.text, 'value="Comme écrit"' in first.text) == (
        True,
        True,
    )
    assert ("Commissariat B" in first.text, "Bailleur A" in first.text) == (True, False)


def test_an_invitation_is_in_the_journals_of_the_council_and_of_the_organisation(world, sign_in):
    _mandate(sign_in(world.a.coordinator), world, email="capitaine@exemple.invalid")
    told = [to for _action, kind, to in journal(world.a.coordinator) if kind == "partners.mandate"]
    assert told == [world.a.town.pk, world.a.police.pk]
    with system_scope("seeding"):
        user = User.objects.get(email="capitaine@exemple.invalid")
        assert (user.has_usable_password(), user.full_name, user.memberships.count()) == (False, "", 0)


def test_an_invited_person_gets_the_link_to_choose_a_password(
    world, sign_in, mailoutbox, django_capture_on_commit_callbacks
):
    email = "capitaine@exemple.invalid"
    with django_capture_on_commit_callbacks(execute=True):
        _mandate(
            sign_in(world.a.coordinator), world,
            email=email, full_name="Capitaine", organisation=world.a.police.pk,
        )  # fmt: skip
    assert [message.to for message in mailoutbox] == [[email]]
    link = next(line for line in mailoutbox[0].body.splitlines() if "http://testserver/" in line).strip()
    assert Client().get(link, follow=True).status_code == 200


@pytest.mark.parametrize(
    "who", ["unknown", "agent", "lead", "partner", "former partner", "invited elsewhere", "closed"]
)
def test_a_coordinator_learns_nothing_of_an_address_by_inviting_it(world, sign_in, who):
    """The answer, the circle's page and what is stored say the same, whoever has the address."""
    email = "quelquun@exemple.invalid"
    if who != "unknown":
        user = {"lead": world.b.lead, "partner": world.b.partner, "former partner": world.b.partner}.get(
            who, world.b.agent
        )
        with system_scope("seeding"):
            User.objects.filter(pk=user.pk).update(email=email, is_active=who != "closed")
            if who == "former partner":
                Membership.objects.filter(user=user).update(ends_on=today())
        if who == "invited elsewhere":
            invited(world.b, email)
    client = sign_in(world.a.coordinator)
    answer = _mandate(client, world, email=email)
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        reverse("partners:circle", args=[world.a.circle.pk]),
    )
    page = client.get(answer.headers["Location"]).text
    assert ("Comme écrit" in page, email in page, "invitation en attente de réponse" in page.lower()) == (
        True,
        True,
        True,
    )
    with acting_as(world.a.coordinator):
        assert not User.objects.filter(email=email).exists()
        assert not Organisation.objects.filter(pk=world.b.police.pk).exists()


def test_the_role_and_the_mandate_end_together_and_neither_brings_the_other_back(world, sign_in):
    user = world.a.partner
    with system_scope("seeding"):
        Membership.objects.filter(user=user).update(ends_on=today())
        again = f.ProposalFactory(
            user=user, organisation=world.a.police, role=Role.PARTNER, proposed_by=world.admin
        )
    sign_in(user).post(reverse("accounts:accept_offer", args=[again.pk]))
    with acting_as(user) as scope:
        assert (scope.has(Role.PARTNER), Circle.objects.count()) == (True, 0)
    joins(world.a, user)
    with acting_as(user):
        assert Circle.objects.get() == world.a.circle


def test_ending_a_mandate_that_waits_withdraws_the_invitation(world, sign_in):
    mandate = invited(world.a, world.b.partner.email)
    sign_in(world.a.coordinator).post(reverse("partners:mandate_end", args=[mandate.pk]))
    with system_scope("seeding"):
        assert Proposal.objects.get(user=world.b.partner).state == "withdrawn"


def test_a_refusal_is_told_on_the_circles_page_and_the_person_can_be_invited_again(world, sign_in):
    mandate = invited(world.a, world.b.partner.email)
    sign_in(world.b.partner).post(reverse("accounts:refuse_offer", args=[mandate.proposal_id]))
    client = sign_in(world.a.coordinator)
    assert "invitation refusée" in client.get(reverse("partners:circle", args=[world.a.circle.pk])).text
    assert _mandate(client, world, email=world.b.partner.email).status_code == 302


@pytest.mark.parametrize("what", ["accepted by the coordinator", "prolonged", "given to another"])
def test_the_database_lets_nobody_accept_or_change_a_mandate_for_its_person(world, what):
    mandate = invited(world.a, world.b.partner.email, ends_on=today() + dt.timedelta(9))
    with system_scope("seeding"):
        held = Membership.objects.get(user=world.b.partner)
    values = {
        "accepted by the coordinator": {"membership": held},
        "prolonged": {"ends_on": None},
        "given to another": {"user": world.a.agent},
    }[what]
    for user in (world.a.coordinator, world.b.partner):
        with acting_as(user), pytest.raises(DatabaseError), transaction.atomic():
            Mandate.objects.filter(pk=mandate.pk).update(**values)


@pytest.mark.parametrize("accepted", [True, False])
def test_the_database_takes_no_mandate_that_was_not_proposed(world, accepted):
    with system_scope("seeding"):
        held = Membership.objects.get(user=world.b.partner)
    mandate = Mandate(
        circle=world.a.circle, territory=world.a.territory, user=world.b.partner, organisation=world.b.police,
        membership=held if accepted else None,
    )  # fmt: skip
    with (
        acting_as(world.a.coordinator),
        pytest.raises(DatabaseError, match="is proposed"),
        transaction.atomic(),
    ):
        insert(mandate)


def test_a_mandate_that_overlaps_is_refused_in_words(world, sign_in):
    response = _mandate(sign_in(world.a.coordinator), world, email=world.a.partner.email)
    assert "déjà habilitée ou invitée dans cette période" in response.text


def test_dates_in_the_wrong_order_are_refused(world, sign_in):
    yesterday = today() - dt.timedelta(1)
    response = _mandate(sign_in(world.a.coordinator), world, email=world.b.partner.email, ends_on=yesterday)
    assert "La fin doit suivre le début" in response.text


def test_a_mandate_given_later_comes_with_a_copy_of_each_note(world, sign_in):
    note = issued_of(world.a)
    _mandate(sign_in(world.a.coordinator), world, email=world.b.partner.email)
    assert copy_of(note, world.a.partner).number == 1
    assert copy_of(note, world.b.partner).number == 2


@pytest.mark.parametrize("kind", [OrganisationKind.LANDLORD, OrganisationKind.OPERATOR])
def test_the_invitation_scope_reaches_no_other_kind_of_organisation(world, kind):
    with system_scope("seeding"):
        other = f.OrganisationFactory(kind=kind)
    with system_scope("invitation"):
        assert not Organisation.objects.filter(kind=kind).exists()
        for model in (
            Membership(user=world.a.partner, organisation=other, role=Role.PARTNER),
            Organisation(name="Neuf", kind=kind),
        ):
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                insert(model)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMIN, Role.LEAD])
def test_the_invitation_scope_gives_no_other_role(world, role):
    with (
        system_scope("invitation"),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
    ):
        insert(
            Proposal(
                user=world.stranger, proposed_by=world.a.coordinator, organisation=world.a.police, role=role,
                email="x", full_name="x", proposed_at=dt.datetime.now(dt.UTC), lapses_on=today(),
            )
        )  # fmt: skip


def test_a_member_elsewhere_manages_nothing_there(world, sign_in):
    """A coordinator who is also a member of another territory's circle is a member there."""
    with system_scope("seeding"):
        f.MembershipFactory(user=world.a.coordinator, organisation=world.b.police, role=Role.PARTNER)
        mandate = f.MandateFactory(circle=world.b.circle, user=world.a.coordinator)
    client = sign_in(world.a.coordinator)
    assert client.get(reverse("partners:circle", args=[world.b.circle.pk])).status_code == 200
    for name, pk in (("circle_end", world.b.circle.pk), ("mandate_end", mandate.pk)):
        assert client.post(reverse(f"partners:{name}", args=[pk])).status_code == 404
    assert client.get(reverse("partners:publish", args=[world.b.circle.pk])).status_code == 404


def test_constraints_by_name(world):
    with system_scope("seeding"):
        for name, make in {
            "circle_name_is_unique": lambda: f.CircleFactory(territory=world.a.territory, name="Cellule A"),
            "circle_ends_after_start": lambda: f.CircleFactory(ends_on=dt.date(2019, 1, 1)),
            "mandate_does_not_overlap": lambda: f.MandateFactory(circle=world.a.circle, user=world.a.partner),
            "mandate_follows_circle": lambda: _moved(world),
        }.items():
            with pytest.raises(IntegrityError, match=name), transaction.atomic():
                make()


def _moved(world):
    Mandate.objects.filter(pk=world.a.mandate.pk).update(territory=world.b.territory)


def test_queries_do_not_grow_with_members(world, sign_in):
    client = sign_in(world.a.coordinator)
    url = reverse("partners:circle", args=[world.a.circle.pk])
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))
        with system_scope("seeding"):
            for _member in range(2):
                member = f.MembershipFactory(organisation=world.a.police, role=Role.PARTNER)
                f.MandateFactory(circle=world.a.circle, user=member.user)
    assert counts[0] == counts[1]


def test_a_member_finds_the_own_copy_in_the_circle(world, sign_in):
    note = issued_of(world.a)
    copy = copy_of(note, world.a.partner)
    page = sign_in(world.a.partner).get(reverse("partners:circle", args=[world.a.circle.pk]))
    assert reverse("partners:copy_document", args=[copy.pk]) in page.text
    page = sign_in(world.a.coordinator).get(reverse("partners:circle", args=[world.a.circle.pk]))
    assert reverse("partners:copy_document", args=[copy.pk]) not in page.text
    assert reverse("partners:note", args=[note.pk]) in page.text


def test_a_mandate_counts_only_under_the_council_in_whose_name_it_was_given(world, sign_in):
    """Whoever administers takes a territory for a moment, and has somebody let into its circle."""
    publication_of(world.a)
    page = reverse("partners:circle", args=[world.a.circle.pk])
    with system_scope("seeding"):
        town = f.OrganisationFactory(name="Ville fictive", kind=OrganisationKind.MUNICIPALITY)
        there = f.MembershipFactory(organisation=town, role=Role.COORDINATOR).user
        let_in = f.MembershipFactory(organisation=world.b.police, role=Role.PARTNER).user

    def lets_in(coordinator):
        with system_scope("seeding"):
            circle = Circle.objects.select_related("territory__organisation").get(pk=world.a.circle.pk)
        return joins(SimpleNamespace(circle=circle, coordinator=coordinator, police=world.b.police), let_in)

    def belongs_to(council):
        with acting_as(world.admin):
            assert Territory.objects.filter(pk=world.a.territory.pk).update(organisation=council) == 1

    def seen(person):
        with acting_as(person):
            return PublishedSite.objects.count()

    assert seen(world.a.partner) == 2
    belongs_to(town)
    mandate = lets_in(there)
    assert [seen(person) for person in (there, let_in, world.a.partner, world.a.coordinator)] == [0] * 4
    assert sign_in(world.a.partner).get(page).status_code == 404
    assert "donnée au nom d’un autre conseil" in sign_in(there).get(page).text
    belongs_to(world.a.town)
    assert (seen(world.a.partner), seen(let_in)) == (2, 0)
    assert sign_in(let_in).get(page).status_code == 404
    coordinator = sign_in(world.a.coordinator)
    assert "donnée au nom d’un autre conseil" in coordinator.get(page).text
    publish = coordinator.get(
        reverse("partners:publish", args=[world.a.circle.pk]), {"as_of": str(today() - dt.timedelta(1))}
    )
    assert [member.user for member in publish.context["members"]] == [world.a.partner]
    refusal = pytest.raises(DatabaseError, match="only ever ends")
    with acting_as(world.a.coordinator), refusal, transaction.atomic():
        Mandate.objects.filter(pk=mandate.pk).update(council=world.a.town)
    again = lets_in(world.a.coordinator)
    with system_scope("seeding"):
        assert Mandate.objects.get(pk=again.pk).council == world.a.town
    assert seen(let_in) == 2
