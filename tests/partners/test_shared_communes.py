"""What was given to a circle goes with the communes on which it rests."""

from accounts.scope import acting_as, system_scope
from partners.models import NoteCopy, PublishedSite, SynthesisNote
from sites.models import SharingAgreement
from tests import factories as f
from tests.sharing import issued_of, publication_of


def _names(person) -> set[str]:
    with acting_as(person):
        return set(PublishedSite.objects.values_list("name", flat=True))


def _notes(person) -> int:
    with acting_as(person):
        return SynthesisNote.objects.count()


def _says(side, *communes) -> None:
    with system_scope("seeding"):
        f.AgreementTermsFactory(
            agreement=SharingAgreement.objects.get(pk=side.agreement.pk),
            communes=[commune.pk for commune in communes],
        )


def _there_too(world) -> None:
    """Give landlords A and D a site in each commune that territory A has."""
    with system_scope("seeding"):
        f.IncidentFactory(
            address__residence=f.ResidenceFactory(landlord=world.a.landlord, commune=world.added, name="A là")
        )
        f.IncidentFactory(
            address__residence=f.ResidenceFactory(
                landlord=world.d.landlord, commune=world.commune, name="D ici"
            )
        )


def test_published_sites_of_a_commune_go_with_it_and_no_others(world):
    _there_too(world)
    publication_of(world.a)
    ours, readers = {"Résidence A", "Résidence A bis"}, (world.a.partner, world.a.coordinator, world.a.lead)
    assert [_names(person) for person in readers] == [{*ours, "A là", "D ici"}] * 3
    # Landlord A takes a commune out that landlord D does not name, and the other one stays of both.
    _says(world.a, world.commune)
    assert [_names(person) for person in readers] == [{*ours, "D ici"}] * 3
    _says(world.a, world.added)
    assert [_names(person) for person in readers] == [{"A là", "D ici"}] * 3
    _says(world.a, world.commune, world.added)
    assert [_names(person) for person in readers] == [{*ours, "A là", "D ici"}] * 3


def test_published_sites_go_with_the_commune_that_leaves_the_territory(world):
    _there_too(world)
    publication_of(world.a)
    with system_scope("seeding"):
        world.a.territory.communes.remove(world.commune)
    assert (_names(world.a.partner), _names(world.a.coordinator)) == ({"A là"}, {"A là"})


def test_a_note_goes_with_any_commune_that_it_speaks_of(world):
    _there_too(world)
    note = issued_of(world.a)
    with system_scope("seeding"):
        kept = SynthesisNote.objects.get(pk=note.pk)
        assert kept.shares == sorted(
            f"{landlord.pk}:{commune.pk}"
            for landlord, commune in (
                (world.a.landlord, world.commune), (world.a.landlord, world.added), (world.d.landlord, world.commune)
            )
        )  # fmt: skip
    readers = (world.a.partner, world.a.coordinator)
    assert [_notes(person) for person in readers] == [1, 1]
    # Landlord D takes out the commune of its site: the note speaks of what is shared no more.
    _says(world.d, world.added)
    assert [_notes(person) for person in readers] == [0, 0]
    _says(world.d, world.commune)
    assert [_notes(person) for person in readers] == [1, 1]
    with acting_as(world.a.partner):
        assert NoteCopy.objects.filter(note=note).count() == 1
