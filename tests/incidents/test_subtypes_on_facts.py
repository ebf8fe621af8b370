"""The sub-types of a territory on facts: chosen at entry, by the API and by files, shown with the type, seen there alone."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.scope import acting_as, system_scope
from classification.models import Finding
from incidents.models import FactSubtype, FactType, Incident
from sites.enums import ImportKind
from sites.models import Commune, Territory
from tests import factories as f
from tests.imports import csv_file, import_as_lead
from tests.incidents.test_api_incidents import _program
from tests.versions import opened

NEW, LIST = reverse("incidents:create"), reverse("incidents:list")


def _subtype(territory, label, code="NOISE", **values):
    with system_scope("seeding"):
        return FactSubtype.objects.create(
            territory=territory, fact_type=FactType.objects.get(code=code), label=label, **values
        )


@pytest.fixture
def bangers(world):
    """A sub-type of noise of the territory that holds the places of landlord A."""
    return _subtype(world.a.territory, "Pétards")


@pytest.fixture
def elsewhere(world):
    """A territory of the same coordinator without any place of landlord A."""
    with system_scope("seeding"):
        made = Territory.objects.create(name="Ailleurs", kind="clspd", organisation=world.a.town)
        made.communes.add(f.CommuneFactory())
    return made


def _answers(place, fact_type, **more):
    return {
        "token": str(uuid.uuid4()), "place": f"a{place.pk}", "fact_type": fact_type.pk,
        "day": timezone.localdate().isoformat(), "source": "staff",
    } | more  # fmt: skip


def _last():
    with system_scope("seeding"):
        return Incident.objects.select_related("subtype", "fact_type").latest("pk")


def test_an_agent_chooses_one_and_it_is_shown_with_the_type_and_counts_as_the_type(world, sign_in, bangers):
    agent = sign_in(world.a.agent)
    page = agent.get(NEW)
    assert f'<option value="{bangers.pk}">Pétards</option>' in page.text
    saved = agent.post(NEW, _answers(world.a.address, bangers.fact_type, subtype=bangers.pk), follow=True)
    fact, shown = _last(), f"{bangers.fact_type} (Pétards)"
    assert fact.subtype == bangers
    pages = (saved, agent.get(reverse("incidents:detail", args=[fact.pk])), agent.get(LIST))
    home = agent.get(reverse("classification:residence", args=[fact.residence_id]))
    assert [shown in answer.text for answer in (*pages, home)] == [True] * 4
    exported = agent.get(reverse("incidents:export", args=["csv"]))
    assert ";Pétards;" in b"".join(exported.streaming_content).decode("utf-8-sig")
    with system_scope("seeding"):
        counted = Finding.objects.filter(address=fact.address_id, fact_type=bangers.fact_type)
        assert counted.count() == 1


def test_one_of_another_type_or_of_a_territory_elsewhere_is_refused(world, sign_in, bangers, elsewhere):
    tags = FactType.objects.get(code="TAGS")
    lead = sign_in(world.a.lead)
    with system_scope("seeding"):
        there = f.AddressFactory(
            residence=f.ResidenceFactory(landlord=world.a.landlord, commune=elsewhere.communes.get())
        )
    refused = [
        lead.post(NEW, _answers(world.a.address, tags, subtype=bangers.pk)),
        lead.post(NEW, _answers(there, bangers.fact_type, subtype=bangers.pk)),
    ]
    assert [(answer.status_code, list(answer.context["form"].errors)) for answer in refused] == [
        (422, ["subtype"])
    ] * 2


def test_of_two_territories_with_the_same_name_the_one_of_the_place_is_taken(
    world, sign_in, bangers, elsewhere
):
    twin = _subtype(elsewhere, "pétards")
    with system_scope("seeding"):
        there = f.AddressFactory(
            residence=f.ResidenceFactory(landlord=world.a.landlord, commune=elsewhere.communes.get())
        )
    lead = sign_in(world.a.lead)
    offered = {subtype.pk for subtype in (bangers, twin)} & {
        pk
        for _group, options in lead.get(NEW).context["form"].fields["subtype"].choices[1:]
        for pk, _ in options
    }
    assert len(offered) == 1
    lead.post(NEW, _answers(there, bangers.fact_type, subtype=offered.pop()))
    assert _last().subtype == twin


def test_whoever_records_in_the_territory_and_its_circle_see_it_and_nobody_else(world, elsewhere):
    commune = elsewhere.communes.get()
    with system_scope("seeding"):
        theirs = Territory.objects.create(name="Là-bas", kind="clspd", organisation=world.b.town)
        theirs.communes.add(commune)
        f.ResidenceFactory(landlord=world.b.landlord, commune=commune)
    hidden, seen = _subtype(theirs, "Mortiers"), {}
    for name in ("agent", "lead", "coordinator", "partner"):
        for side in ("a", "b"):
            with acting_as(getattr(getattr(world, side), name)):
                seen[name, side] = hidden in FactSubtype.objects.all()
    # The partner of B is in no circle there; what is only another territory's is not even a lead's.
    yes = {("agent", "b"), ("lead", "b"), ("coordinator", "b")}
    assert {who for who, sees in seen.items() if sees} == yes


def test_a_fact_whose_sub_type_is_out_of_sight_is_shown_by_its_type_and_keeps_it(world, sign_in, elsewhere):
    hidden = _subtype(elsewhere, "Mortiers")
    with system_scope("seeding"):
        fact = f.IncidentFactory(address=world.a.address, code="NOISE", subtype=hidden)
    lead, url = sign_in(world.a.lead), reverse("incidents:edit", args=[fact.pk])
    page = lead.get(reverse("incidents:detail", args=[fact.pk]))
    assert (page.status_code, "Mortiers" in page.text, "Mortiers" in lead.get(LIST).text) == (
        200,
        False,
        False,
    )
    lead.post(
        url, _answers(world.a.address, fact.fact_type, day=fact.day, place_kind="roof") | opened(lead, url)
    )
    with system_scope("seeding"):
        now = Incident.objects.get(pk=fact.pk)
    assert (now.place_kind, now.subtype_id) == ("roof", hidden.pk)


def test_a_correction_changes_it_takes_it_away_and_keeps_one_that_has_ended(world, sign_in, bangers):
    with system_scope("seeding"):
        fact = f.IncidentFactory(address=world.a.address, code="NOISE", subtype=bangers)
        FactSubtype.objects.filter(pk=bangers.pk).update(ended_at=timezone.now())
    agent, url = sign_in(world.a.agent), reverse("incidents:edit", args=[fact.pk])
    said = _answers(world.a.address, fact.fact_type, day=fact.day)
    agent.post(url, said | {"place_kind": "roof", "subtype": bangers.pk} | opened(agent, url))
    with system_scope("seeding"):
        now = Incident.objects.get(pk=fact.pk)
    assert (now.place_kind, now.subtype_id) == ("roof", bangers.pk)
    page = agent.post(url, said | {"place_kind": "roof"} | opened(agent, url), follow=True)
    with system_scope("seeding"):
        assert Incident.objects.get(pk=fact.pk).subtype_id is None
    assert "Précision du territoire&nbsp;:</span>" in page.text or "Pétards → –" in page.text
    assert "subtype" not in agent.get(NEW).context["form"].fields


def test_the_list_is_filtered_by_it_where_there_is_one(world, sign_in, bangers):
    agent = sign_in(world.a.agent)
    agent.post(NEW, _answers(world.a.address, bangers.fact_type, subtype=bangers.pk))
    page = agent.get(LIST, {"subtype": bangers.pk}).text
    links = [reverse("incidents:detail", args=[pk]) for pk in (_last().pk, world.a.incidents[0].pk)]
    assert [f'href="{link}"' in page for link in links] == [True, False]
    with system_scope("seeding"):
        Incident.objects.filter(subtype=bangers).update(subtype=None)
        FactSubtype.objects.all().delete()
    assert "subtype" not in agent.get(LIST).context["filter"].filters


def _send(client, world, **body):
    sent = {
        "external_id": "essai-1", "fact_type": "NOISE", "residence": world.a.residence.reference, "day": "2026-01-01",
    } | body  # fmt: skip
    return client.post(reverse("incidents:api_incidents"), sent, content_type="application/json")


def test_a_program_names_it(world, bangers):
    client = _program(world.a.landlord, world.a.lead)
    made = _send(client, world, subtype="petards")
    assert (made.status_code, made.json()["subtype"], _last().subtype) == (201, "Pétards", bangers)
    refused = _send(client, world, external_id="essai-2", fact_type="TAGS", subtype="Pétards")
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["subtype"])


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("nature;sous-type;jour;référence résidence", "{noise};PETARDS;{day};{where}"),
        ("nature;sous-type;jour;référence résidence", "{noise};Mortiers;{day};{where}"),
        ("nature;jour;référence résidence", "Pétards;{day};{where}"),
    ],
)
def test_a_file_names_it_by_its_name_or_a_former_one(world, bangers, elsewhere, header, row):
    _subtype(elsewhere, "Pétards")
    with system_scope("seeding"):
        FactSubtype.objects.filter(pk=bangers.pk).update(former_labels=[["Mortiers", "2026-01-01"]])
        Commune.objects.filter(pk=world.commune.pk).update(postcodes=["00100"])
    day = (timezone.localdate() - dt.timedelta(3)).isoformat()
    where = world.a.residence.reference
    content = csv_file(header, row.format(noise=bangers.fact_type.label_fr, day=day, where=where))
    result = import_as_lead(content, world.a.lead, world.a.landlord, kind=ImportKind.INCIDENTS)
    assert [outcome for outcome, _reason in result.verdicts] == ["imported"]
    assert (_last().fact_type, _last().subtype) == (bangers.fact_type, bangers)


def test_a_word_that_is_no_sub_type_of_the_place_is_left_out_of_the_fact(world, elsewhere):
    hidden = _subtype(elsewhere, "Mortiers")
    with system_scope("seeding"):
        f.ResidenceFactory(landlord=world.a.landlord, commune=elsewhere.communes.get())
    content = csv_file(
        "nature;sous-type;jour;référence résidence",
        f"{hidden.fact_type.label_fr};Mortiers;2026-01-01;{world.a.residence.reference}",
    )
    import_as_lead(content, world.a.lead, world.a.landlord, kind=ImportKind.INCIDENTS)
    assert (_last().fact_type, _last().subtype) == (hidden.fact_type, None)
