"""A territory's sub-types are added, renamed and ended by its coordinator; the facts that have one keep it."""

import pytest
from django.db import ProgrammingError, transaction
from django.urls import reverse

from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from core.versions import version_of
from incidents.models import FactSubtype, FactType, Incident
from incidents.nomenclature.services import state_of
from tests.world import signed_in

LIST, NEW = "/nomenclature/precisions/", "/nomenclature/precisions/nouvelle/"


@pytest.fixture
def subtype(world):
    with system_scope("seeding"):
        made = FactSubtype.objects.create(
            territory=world.a.territory, fact_type=FactType.objects.get(code="NOISE"), label="Pétards"
        )
        Incident.objects.filter(pk=world.a.other_incident.pk).update(fact_type=made.fact_type, subtype=made)
    return made


def held(pk):
    with system_scope("seeding"):
        return FactSubtype.objects.get(pk=pk)


def _rename(client, subtype, label):
    with system_scope("seeding"):
        version = version_of(subtype, state_of(subtype))
    return client.post(
        reverse("incidents:edit_subtype", args=[subtype.pk]), {"label": label, "version": version}
    )


def test_a_coordinator_adds_one_that_everybody_with_the_territory_reads(world):
    client = signed_in(world.a.coordinator)
    noise = FactType.objects.get(code="NOISE")
    client.post(NEW, {"territory": world.a.territory.pk, "fact_type": noise.pk, "label": "  Pétards "})
    with system_scope("seeding"):
        assert [(s.label, s.territory_id) for s in FactSubtype.objects.all()] == [
            ("Pétards", world.a.territory.pk)
        ]
    for person, seen in (
        (world.a.lead, True),
        (world.a.partner, True),
        (world.b.partner, False),
        (world.dpo, False),
    ):
        page = signed_in(person).get(reverse("incidents:nomenclature")).text
        assert ("Pétards (CLSPD A)" in page) == seen, person
    with acting_as(world.a.coordinator):
        assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize(
    ("label", "said"),
    [("Pétards", "déjà une précision de ce nom"), ("Bruit de M. Durand", "nom"), (" ", "obligatoire")],
)
def test_a_name_that_is_taken_or_speaks_of_a_person_is_refused(world, subtype, label, said):
    data = {"territory": world.a.territory.pk, "fact_type": subtype.fact_type_id, "label": label}
    answer = signed_in(world.a.coordinator).post(NEW, data)
    assert (answer.status_code, said in str(answer.context["form"].errors["label"])) == (422, True)
    with system_scope("seeding"):
        assert FactSubtype.objects.count() == 1


def test_another_territory_cannot_be_chosen(world, subtype):
    data = {"territory": world.b.territory.pk, "fact_type": subtype.fact_type_id, "label": "Motos"}
    answer = signed_in(world.a.coordinator).post(NEW, data)
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"territory"})


def test_a_renamed_one_stays_on_its_facts_and_tells_its_former_names(world, subtype):
    client = signed_in(world.a.coordinator)
    assert _rename(client, subtype, "Pétards et mortiers").status_code == 302
    with system_scope("seeding"):
        assert Incident.objects.get(pk=world.a.other_incident.pk).subtype.label == "Pétards et mortiers"
    assert [name for name, _day in held(subtype.pk).former_labels] == ["Pétards"]
    page = client.get(LIST).text
    assert (
        "Noms précédents : Pétards" in page,
        "1 fait" in page.replace("&nbsp;", " ").replace("\xa0", " "),
    ) == (True, True)
    # The same form again was opened on the name of before.
    assert _rename(client, subtype, "Mortiers").status_code == 409
    same = held(subtype.pk)
    _rename(client, same, same.label)
    assert len(held(subtype.pk).former_labels) == 1, "a name saved again is no change"


def test_an_ended_one_is_offered_no_more_stays_on_its_facts_and_comes_back(world, subtype):
    client = signed_in(world.a.coordinator)
    end, restore = (reverse(f"incidents:{act}_subtype", args=[subtype.pk]) for act in ("end", "restore"))
    nomenclature = reverse("incidents:nomenclature")
    assert "n’est plus proposée" in client.post(end, follow=True).text
    assert "Pétards (CLSPD A)" not in client.get(nomenclature).text
    with system_scope("seeding"):
        assert Incident.objects.get(pk=world.a.other_incident.pk).subtype_id == subtype.pk
    assert "déjà terminée" in client.post(end, follow=True).text
    listed = client.get(LIST).context
    assert ([s.pk for s in listed["live"]], [s.pk for s in listed["ended"]]) == ([], [subtype.pk])
    client.post(restore)
    assert held(subtype.pk).ended_at is None
    assert "n’est pas terminée" in client.post(restore, follow=True).text
    assert "Pétards (CLSPD A)" in client.get(nomenclature).text


def test_nobody_but_its_coordinator_writes_one(world, subtype):
    for person in (world.a.lead, world.a.agent, world.a.partner, world.b.coordinator, world.admin):
        with acting_as(person):
            assert FactSubtype.objects.filter(pk=subtype.pk).update(label="Autre") == 0
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                FactSubtype.objects.create(
                    territory=world.a.territory, fact_type=subtype.fact_type, label="Autre"
                )
    assert held(subtype.pk).label == "Pétards"
