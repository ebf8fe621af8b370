"""What the lists export comes back in by the import, and changes nothing."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.scope import system_scope
from incidents.enums import Source
from incidents.identifiers import identifier
from incidents.models import Disruption, Incident, StandingObservation
from sites.enums import ImportKind
from sites.imports.mapping.suggest import suggest
from sites.imports.reading import read
from sites.match_key import match_key
from sites.models import Address, Residence
from tests import factories as f
from tests.imports import csv_file, import_as_lead
from tests.undoing import contents


def _formula_names(world) -> None:
    """Give places names that a spreadsheet would compute, and references that look like numbers."""
    Residence.objects.filter(pk=world.a.residence.pk).update(name="=1+1", reference="-12")
    Residence.objects.filter(pk=world.a.other.pk).update(name="'=2", reference="@lot")
    label = "+4 rue A"
    Address.objects.filter(pk=world.a.other_address.pk).update(
        label=label, match_key=match_key(label), postcode="01400"
    )


@pytest.fixture
def facts(world):
    """Facts of every origin and shape, at an address and at a whole residence."""
    with system_scope("seeding"):
        _formula_names(world)
        place = {"residence": world.a.residence, "address": world.a.address}
        f.IncidentFactory(
            **place, external_source="form", external_id="hidden-1", time=dt.time(22, 30), source=Source.RESIDENT,
            complaint_filed=True, complaint_reference="PV-4711", damage_cost="1234.56", place_kind="lobby",
        )  # fmt: skip
        f.IncidentFactory(**place, external_source="api", external_id="7", time=dt.time(0, 0, 59))
        f.IncidentFactory(**place, span_end=dt.date(2026, 3, 9), damage_cost="0", source=Source.POLICE)
        f.IncidentFactory(**place | {"address": None}, external_source="dans-ma-rue", external_id="z")
        for _twice in range(2):
            f.IncidentFactory(**place, code="TAGS", time=dt.time(9, 5))
        f.IncidentFactory(**place, code="DAMAGE", cancelled_at=timezone.now(), cancel_reason="Doublon")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_exported_facts_come_back_in_without_a_change(world, sign_in, facts, kind, language):
    with system_scope("seeding"):
        type(world.a.lead).objects.filter(pk=world.a.lead.pk).update(language=language)
        number = Incident.objects.filter(landlord=world.a.landlord).count()
    content = sign_in(world.a.lead).get(reverse("incidents:export", args=[kind]), {"state": "all"}).getvalue()
    assert read(content).header[2] == {"fr": "Jour", "en": "Day"}[language]
    before = contents()
    done = import_as_lead(content, world.a.lead, world.a.landlord, kind=ImportKind.INCIDENTS)
    assert {(line["code"]) for line in done.lines} == {"already_recorded", "cancelled_since"}
    assert done.counts == {"unchanged": {"already_recorded": number - 1, "cancelled_since": 1}}
    assert done.remarks == {}
    assert contents() == before


def test_an_exported_fact_tells_the_role_of_its_author_and_no_name(world, sign_in, facts):
    with system_scope("seeding"):
        Incident.objects.filter(landlord=world.a.landlord).update(reported_by=world.a.agent)
    url = reverse("incidents:export", args=["csv"])
    table = read(sign_in(world.a.lead).get(url, {"state": "all"}).getvalue())
    own = [dict(zip(table.header, row.cells, strict=True)) for row in table.rows]
    assert {row["Rôle de l’auteur"] for row in own} == {str(Role.AGENT.label)}
    assert world.a.agent.full_name not in str(own)
    assert "Rôle de l’auteur" not in read(sign_in(world.a.coordinator).get(url).getvalue()).header


def _row(fact: Incident, day: str) -> bytes:
    header = "identifiant;nature;jour;référence résidence;adresse"
    place = f"{fact.residence.reference};{fact.address.label}"
    return csv_file(header, f"{identifier(fact)};{fact.fact_type};{day};{place}")


def test_what_is_corrected_in_an_exported_file_is_a_difference_of_that_fact(world):
    fact = world.a.other_incident
    done = import_as_lead(_row(fact, "2026-01-02"), world.a.lead, world.a.landlord, kind=ImportKind.INCIDENTS)
    assert done.verdicts == [("asked", "fact_differs")]


def test_an_identifier_of_another_landlords_fact_names_nothing(world):
    before = contents()["incidents_incident"]
    with system_scope("seeding"):
        Residence.objects.filter(pk=world.a.residence.pk).update(reference=world.b.residence.reference)
    fact = world.b.incidents[0]
    done = import_as_lead(
        _row(fact, fact.day.isoformat()), world.a.lead, world.a.landlord, kind=ImportKind.INCIDENTS
    )
    assert done.verdicts == [("imported", "by_reference")]
    with system_scope("seeding"):
        made = Incident.objects.get(import_run=done.run)
        assert (made.landlord_id, made.external_id) == (world.a.landlord.pk, "")
        assert made.opaque_id != fact.opaque_id
        made.delete()
    assert contents()["incidents_incident"] == before


def test_the_whole_residence_is_no_address_of_it(world):
    row = csv_file(
        "nature;jour;référence résidence;adresse",
        f"Tags;2026-01-02;{world.a.residence.reference};Toute la résidence",
    )
    import_as_lead(row, world.a.lead, world.a.landlord, kind=ImportKind.INCIDENTS)
    with system_scope("seeding"):
        made = Incident.objects.get(import_run__isnull=False)
    assert (made.residence_id, made.address_id) == (world.a.residence.pk, None)


@pytest.fixture
def lasting(world):
    """Disruptions and observations, ended and not, at an address and at a whole residence."""
    with system_scope("seeding"):
        _formula_names(world)
        whole = {"residence": world.a.residence, "address": None}
        f.DisruptionFactory(**whole, service="heating", extent="limited", recurs_daily=True)
        f.DisruptionFactory(address=world.a.other_address, extent="total", ends_on=dt.date(2026, 2, 1))
        f.DisruptionFactory(address=world.a.other_address, extent="partial", ends_on=dt.date(2026, 2, 3))
        night = {"hours_from": dt.time(22), "hours_until": dt.time(6, 30)}
        f.DisruptionFactory(**whole, service="staff_presence", extent="impossible", **night)
        for frequency in (1, 2, 3):
            made = f.StandingObservationFactory(
                **whole, frequency=frequency, since=dt.date(2026, frequency, 1)
            )
            f.ConfirmationFactory(observation=made, day=dt.date(2026, 3, 1))
            f.ConfirmationFactory(observation=made, day=dt.date(2026, 3, 5))
        f.StandingObservationFactory(address=world.a.other_address, code="TAGS", ended_on=dt.date(2026, 2, 1))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("what", [ImportKind.DISRUPTIONS, ImportKind.OBSERVATIONS])
def test_exported_lasting_records_come_back_in_without_a_change(
    world, sign_in, lasting, kind, language, what
):
    listed, number = f"incidents:{what}", {ImportKind.DISRUPTIONS: 5, ImportKind.OBSERVATIONS: 5}[what]
    with system_scope("seeding"):
        type(world.a.lead).objects.filter(pk=world.a.lead.pk).update(language=language)
    content = sign_in(world.a.lead).get(reverse(listed), {"export": kind}).getvalue()
    assert read(content).header[1] == {"fr": "Référence résidence", "en": "Residence reference"}[language]
    before = contents()
    done = import_as_lead(content, world.a.lead, world.a.landlord, kind=what)
    assert done.counts == {"unchanged": {"already_recorded": number}}
    assert done.remarks == {}
    assert contents() == before


@pytest.mark.parametrize("listed", ["incidents:disruptions", "incidents:observations"])
def test_what_identifies_a_record_never_leaves_its_landlord(world, sign_in, lasting, listed):
    with system_scope("seeding"):
        author = {"created_by": world.a.agent}
        for model in (Disruption, StandingObservation):
            model.objects.filter(landlord=world.a.landlord).update(**author)
    table = read(sign_in(world.a.lead).get(reverse(listed), {"export": "csv"}).getvalue())
    own = [dict(zip(table.header, row.cells, strict=True)) for row in table.rows]
    assert {row["Rôle de l’auteur"] for row in own} == {str(Role.AGENT.label)}
    assert world.a.agent.full_name not in str(own)
    theirs = read(sign_in(world.a.coordinator).get(reverse(listed), {"export": "csv"}).getvalue())
    rows = [dict(zip(theirs.header, row.cells, strict=True)) for row in theirs.rows]
    assert len(rows) == len(own)
    assert not {"Identifiant", "Référence résidence", "Rôle de l’auteur"} & set(theirs.header)
    kept = {row[title] for row in own for title in ("Identifiant", "Référence résidence")}
    assert not kept & {cell for row in rows for cell in row.values()}


@pytest.mark.parametrize(
    ("listed", "kind", "row", "model"),
    [
        ("incidents:list", ImportKind.INCIDENTS, "nature;jour;référence\nTags;2026-01-02;{0}", Incident),
        (
            "incidents:disruptions", ImportKind.DISRUPTIONS,
            "service;étendue;depuis le;référence\nAscenseur;totale;2026-01-02;{0}", Disruption,
        ),
        (
            "incidents:observations", ImportKind.OBSERVATIONS,
            "nature;fréquence;depuis le;référence\nTags;quotidiens;2026-01-02;{0}", StandingObservation,
        ),
    ],
)  # fmt: skip
def test_a_list_is_filtered_by_an_import_of_ones_own(world, sign_in, listed, kind, row, model):
    content = row.format(world.a.residence.reference).encode()
    run = import_as_lead(content, world.a.lead, world.a.landlord, kind=kind).run
    with system_scope("seeding"):
        [made] = model.objects.filter(import_run=run)
    query = {"import_run": run.pk}
    assert _identifiers(sign_in(world.a.lead), listed, query) == [identifier(made)]
    shown = sign_in(world.a.lead).get(reverse(listed), query).context["listing"]
    assert [chip.value.split(" – ")[0] for chip in shown.chips] == ["essai.csv"]
    assert _identifiers(sign_in(world.b.lead), listed, query) == []
    report = sign_in(world.a.lead).get(reverse("sites:import_detail", args=[run.pk])).content.decode()
    assert f'href="{reverse(listed)}?import_run={run.pk}"' in report


@pytest.mark.parametrize("person", ["agent", "coordinator"])
@pytest.mark.parametrize("listed", ["incidents:list", "classification:residences"])
def test_whoever_leads_no_landlord_filters_by_no_import(world, sign_in, listed, person):
    row = f"Tags;2026-01-02;{world.a.residence.reference}"
    run = import_as_lead(
        csv_file("nature;jour;référence", row), world.a.lead, world.a.landlord, kind=ImportKind.INCIDENTS
    ).run
    client = sign_in(getattr(world.a, person))
    whole, asked = (client.get(reverse(listed), query).context for query in ({}, {"import_run": run.pk}))
    assert "import_run" not in asked["filter"].form.fields
    assert asked["table"].paginator.count == whole["table"].paginator.count > 1


def _identifiers(client, listed, query) -> list[str]:
    url = reverse("incidents:export", args=["csv"]) if listed == "incidents:list" else reverse(listed)
    table = read(client.get(url, query | {"export": "csv"}).getvalue())
    return [row.cells[0] for row in table.rows]


@pytest.mark.parametrize(
    ("listed", "kind"),
    [
        ("incidents:list", ImportKind.INCIDENTS),
        ("incidents:disruptions", ImportKind.DISRUPTIONS),
        ("incidents:observations", ImportKind.OBSERVATIONS),
        ("classification:residences", ImportKind.STOCK),
    ],
)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_exported_file_is_recognised_for_what_it_is(world, sign_in, listed, kind, language):
    with system_scope("seeding"):
        type(world.a.lead).objects.filter(pk=world.a.lead.pk).update(language=language)
    urls = {
        "incidents:list": reverse("incidents:export", args=["csv"]),
        "classification:residences": "/residences/export.csv",
    }
    url = urls.get(listed) or reverse(listed)
    header = read(sign_in(world.a.lead).get(url, {"export": "csv"}).getvalue()).header
    assert suggest(header)["kind"] == kind
