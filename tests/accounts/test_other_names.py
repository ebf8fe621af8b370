"""The other names of a landlord: whoever leads it keeps them, and files are read by them."""

import pytest
from django.db import ProgrammingError, transaction
from django.urls import reverse

from accounts.enums import AuditAction
from accounts.models import AuditEntry, Organisation
from accounts.names.services import state_of_other_names
from accounts.scope import acting_as, system_scope
from sites.imports.landlords import Landlords
from tests.versions import planted


def page_of(side) -> str:
    return reverse("accounts:other_names", args=[side.landlord.pk])


def send(client, side, names: str):
    return client.post(page_of(side), {**planted(side.landlord, state_of_other_names), "names": names})


def names_of(side) -> list[str]:
    with system_scope("seeding"):
        return Organisation.objects.get(pk=side.landlord.pk).aliases


def test_a_lead_keeps_the_other_names_of_the_landlord_and_the_journal_says_so(world, sign_in):
    client = sign_in(world.a.lead)
    assert send(client, world.a, " PARIS  HAB \n\nParis Habitat OPH\nPARIS HAB\n").status_code == 302
    assert names_of(world.a) == ["PARIS HAB", "Paris Habitat OPH"]
    assert client.get(page_of(world.a)).context["form"].initial["names"] == "PARIS HAB\nParis Habitat OPH"
    with acting_as(world.a.lead):
        entry = AuditEntry.objects.filter(object_type="accounts.organisation").latest("id")
    assert (entry.action, entry.organisation_id) == (AuditAction.UPDATE, world.a.landlord.pk)
    assert entry.detail == {"other_names": ["PARIS HAB", "Paris Habitat OPH"]}


def test_the_lead_of_another_landlord_neither_sees_nor_changes_them(world, sign_in):
    client = sign_in(world.b.lead)
    assert client.get(page_of(world.a)).status_code == 404
    assert send(client, world.a, "Pris").status_code == 404
    with acting_as(world.b.lead):
        assert Organisation.objects.filter(pk=world.a.landlord.pk).update(aliases=["Pris"]) == 0
    assert names_of(world.a) == []


def test_an_agent_changes_none(world):
    with acting_as(world.a.agent):
        assert Organisation.objects.filter(pk=world.a.landlord.pk).update(aliases=["Pris"]) == 0


@pytest.mark.parametrize("values", [{"name": "Pris"}, {"kind": "municipality"}])
def test_the_database_lets_no_lead_change_the_name_or_the_kind(world, values):
    with (
        acting_as(world.a.lead),
        pytest.raises(ProgrammingError, match=r"may not (rename|change its kind)"),
        transaction.atomic(),
    ):
        Organisation.objects.filter(pk=world.a.landlord.pk).update(**values)


def test_an_administrator_keeps_those_of_all_and_of_landlords_alone(world, sign_in):
    client = sign_in(world.admin)
    assert [send(client, side, "Nom").status_code for side in (world.a, world.b)] == [302, 302]
    assert (names_of(world.a), names_of(world.b)) == (["Nom"], ["Nom"])
    town = reverse("accounts:other_names", args=[world.a.town.pk])
    assert client.get(town).status_code == 404
    listed = client.get(reverse("accounts:organisations")).content.decode()
    assert page_of(world.a) in listed
    assert town not in listed


def test_a_page_opened_before_another_change_overwrites_nothing(world, sign_in):
    client = sign_in(world.a.lead)
    old = planted(world.a.landlord, state_of_other_names)
    send(client, world.a, "Premier")
    assert client.post(page_of(world.a), {**old, "names": "Second"}).status_code == 409
    assert names_of(world.a) == ["Premier"]


def test_a_name_that_is_too_long_and_too_many_are_refused(world, sign_in):
    client = sign_in(world.a.lead)
    for names in ("x" * 201, "\n".join(f"Nom {n}" for n in range(101))):
        assert "names" in send(client, world.a, names).context["form"].errors
    assert names_of(world.a) == []


def test_a_lead_finds_the_page_from_the_imports(world, sign_in):
    body = sign_in(world.a.lead).get(reverse("sites:imports")).content.decode()
    assert page_of(world.a) in body
    assert page_of(world.b) not in body


def found(name: str, *known: tuple[str, list[str]]) -> str | None:
    landlords = [
        Organisation(pk=pk, name=own, kind="landlord", aliases=others)
        for pk, (own, others) in enumerate(known, 1)
    ]
    landlord = Landlords(landlords, may_create=False).find(name)
    return landlord and landlord.name


def test_a_file_finds_a_landlord_by_another_name_in_any_case():
    known = ("Paris Habitat", ["PARIS HAB"]), ("Autre Habitat", [])
    assert [found(name, *known) for name in ("PARIS HAB", "Paris Hab.", "P. H.")] == ["Paris Habitat"] * 2 + [
        None
    ]


@pytest.mark.parametrize("other", ["Logis Neuf", "LOGIS NEUF"], ids=["same", "capitals"])
@pytest.mark.parametrize("turn", [1, -1])
def test_nobody_takes_the_own_name_of_another_landlord(other, turn):
    known = [("Voleur Habitat", [other]), ("Logis Neuf", [])][::turn]
    assert [found(name, *known) for name in ("Logis Neuf", "LOGIS NEUF")] == ["Logis Neuf"] * 2


def test_another_name_of_two_landlords_names_neither():
    known = ("Habitat Un", ["HAB"]), ("Habitat Deux", ["HAB"])
    assert [found(name, *known) for name in ("HAB", "Hab.", "Habitat Deux")] == [None, None, "Habitat Deux"]
