"""What an agreement opens: the communes that its landlord named and that the territory has, with the council it named."""

from itertools import product

import pytest
from django.db import transaction
from django.db.utils import DatabaseError, ProgrammingError
from django.utils import timezone

from accounts.enums import OrganisationKind
from accounts.scope import acting_as, system_scope
from incidents.models import Incident
from sites.enums import TerritoryKind
from sites.models import AgreementTerms, Residence, SharingAgreement, Territory
from sites.sharing.terms import standing_of
from tests import factories as f
from tests.blind import insert


def seen(person) -> set[str]:
    """The names of the residences that a person sees; those of their facts must be the same."""
    with acting_as(person):
        names = set(Residence.objects.values_list("name", flat=True))
        assert set(Incident.objects.values_list("residence__name", flat=True)) <= names
        return names


def says(side, *communes, **values):
    """Have the landlord of a side say what it shares."""
    with system_scope("seeding"):
        f.AgreementTermsFactory(
            agreement=SharingAgreement.objects.get(pk=side.agreement.pk),
            communes=[commune.pk for commune in communes],
            **values,
        )


def test_a_commune_is_opened_by_the_agreement_and_the_territory_together(world):
    with system_scope("seeding"):
        communes = {}
        for named, held in product((False, True), repeat=2):
            name = f"{'nommée' if named else 'tue'}, {'dedans' if held else 'dehors'}"
            communes[name] = commune = f.CommuneFactory(name=name)
            f.IncidentFactory(
                address__residence=f.ResidenceFactory(landlord=world.a.landlord, commune=commune, name=name)
            )
            if held:
                world.a.territory.communes.add(commune)
    says(world.a, *(commune for name, commune in communes.items() if name.startswith("nommée")))
    assert seen(world.a.coordinator) == {"nommée, dedans"}
    # The commune comes into the territory: it is shared, since it was named. It leaves: it is not any more.
    with system_scope("seeding"):
        world.a.territory.communes.add(communes["nommée, dehors"])
    assert seen(world.a.coordinator) == {"nommée, dedans", "nommée, dehors"}
    with system_scope("seeding"):
        world.a.territory.communes.remove(communes["nommée, dedans"])
    assert seen(world.a.coordinator) == {"nommée, dehors"}


def test_the_last_word_counts_and_narrows_at_once(world):
    both = {"Résidence A", "Résidence A bis"}
    assert seen(world.a.coordinator) == both
    says(world.a)
    assert seen(world.a.coordinator) == set()
    says(world.a, world.commune)
    assert seen(world.a.coordinator) == both


@pytest.mark.parametrize("change", ["organisation", "kind"])
def test_another_council_sees_nothing_until_the_landlord_names_it(world, change):
    with system_scope("seeding"):
        town = f.OrganisationFactory(kind=OrganisationKind.MUNICIPALITY)
        there = f.MembershipFactory(organisation=town, role="coordinator").user
        to = {"organisation": town} if change == "organisation" else {"kind": TerritoryKind.CISPD}
        Territory.objects.filter(pk=world.a.territory.pk).update(**to)
    coordinator = there if change == "organisation" else world.a.coordinator
    assert (seen(coordinator), seen(world.a.coordinator)) == (set(), set())
    says(world.a, world.commune)
    assert seen(coordinator) == {"Résidence A", "Résidence A bis"}
    # The council returns to what it was: the landlord's last word is for the other one.
    with system_scope("seeding"):
        before = {"organisation": world.a.town, "kind": TerritoryKind.CLSPD}
        Territory.objects.filter(pk=world.a.territory.pk).update(**before)
    assert (seen(coordinator), seen(world.a.coordinator)) == (set(), set())


def test_an_agreement_without_its_landlords_word_opens_nothing(world):
    with system_scope("seeding"):
        made = f.SharingAgreementFactory(landlord=world.b.landlord, territory=world.a.territory, terms=False)
        standing = standing_of(SharingAgreement.objects.get(pk=made.pk))
    assert (standing.council_asked, standing.shared, standing.waits) == (True, [], True)
    assert seen(world.a.coordinator) == {"Résidence A", "Résidence A bis"}


def test_nobody_says_what_anothers_landlord_shares(world):
    def word(side):
        return AgreementTerms(
            agreement=side.agreement, landlord=side.landlord, territory=side.territory,
            organisation=side.town, kind="clspd", communes=[world.commune.pk], made_at=timezone.now(),
        )  # fmt: skip

    for person in (world.b.lead, world.a.agent, world.a.coordinator, world.a.partner, world.admin, world.dpo):
        with (
            acting_as(person),
            pytest.raises(ProgrammingError, match="row-level security"),
            transaction.atomic(),
        ):
            insert(word(world.a))
    with acting_as(world.a.lead):
        insert(word(world.a))


def test_what_a_landlord_said_stays_as_it_was_said(world):
    for person in (world.a.lead, world.admin, world.a.coordinator):
        with acting_as(person):
            rows = AgreementTerms.objects.filter(agreement=world.a.agreement)
            assert (rows.count(), rows.delete()[0]) == (1, 0)
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                rows.update(communes=[])


@pytest.mark.parametrize("party", ["landlord", "territory"])
def test_an_agreement_keeps_its_parties(world, party):
    with (
        system_scope("seeding"),
        pytest.raises(Exception, match="terms_follow_agreement"),
        transaction.atomic(),
    ):
        SharingAgreement.objects.filter(pk=world.a.agreement.pk).update(**{party: getattr(world.b, party)})


@pytest.mark.parametrize("column", ["ends_on", "starts_on", "landlord_id", "territory_id"])
def test_an_agreement_only_ever_ends_whoever_writes(world, column):
    today = timezone.localdate()
    with system_scope("seeding"):
        SharingAgreement.objects.filter(pk=world.a.agreement.pk).update(ends_on=today)
    values = {
        "ends_on": None,
        "starts_on": today,
        "landlord_id": world.b.landlord.pk,
        "territory_id": world.b.territory.pk,
    }
    for user in (world.admin, world.a.lead):
        with acting_as(user), pytest.raises(DatabaseError), transaction.atomic():
            SharingAgreement.objects.filter(pk=world.a.agreement.pk).update(**{column: values[column]})
