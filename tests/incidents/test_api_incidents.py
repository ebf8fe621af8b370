"""Facts over REST: who may, once each, and errors as problem documents."""

import datetime as dt
import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from accounts.models import ApiToken, AuditEntry
from accounts.scope import acting_as, system_scope
from accounts.tokens.services import digest
from classification.models import SiteLevel
from core.opaque import read, written
from incidents.facts.services import TakenError
from incidents.models import Incident
from tests.versions import opened


def _program(landlord, creator, **values) -> Client:
    token = f"palier_test-{landlord.pk}-{len(values)}"
    rights = ["write", "read", "narratives"]
    defaults = {"expires_on": timezone.localdate() + dt.timedelta(30), "rights": rights} | values
    with system_scope("seeding"):
        ApiToken.objects.create(
            organisation=landlord,
            name="essai",
            digest=digest(token),
            created_by=creator,
            **defaults,
        )
    return Client(headers={"Authorization": f"Bearer {token}"})


@pytest.fixture
def program(world):
    return _program(world.a.landlord, world.a.lead)


@pytest.fixture
def body(world):
    return {
        "external_id": "GED-1",
        "fact_type": "URBAN_VIOLENCE",
        "residence": world.a.other.reference,
        "address": world.a.other_address.label,
        "day": timezone.localdate().isoformat(),
        "narrative": "Mortiers dans la cour.",
    }


URL = "/api/v1/incidents/"


def _post(client, body):
    return client.post(URL, body, content_type="application/json")


def _is_problem(response, status):
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert (response.status_code, problem["status"]) == (status, status)
    return problem


def test_records_a_fact_and_its_level(program, body, world):
    response = _post(program, body)
    assert response.status_code == 201
    assert response.headers["Cache-Control"] == "no-store"
    with system_scope("seeding"):
        fact = Incident.objects.get(external_source="api")
        assert (fact.address_id, fact.landlord_id) == (world.a.other_address.pk, world.a.landlord.pk)
        assert fact.narrative.text == "Mortiers dans la cour."
        assert SiteLevel.objects.get(residence=world.a.other, address=None).level == 3
    assert response.json() == body | {
        "id": written("fact", fact.pk), "place_kind": "", "subtype": "", "span_end": None, "time": None, "source": "staff",
        "complaint_filed": False, "complaint_reference": "", "damage_cost": None, "cancelled": False,
    }  # fmt: skip


def test_the_write_is_in_the_organisations_journal(program, body, world):
    _post(program, body)
    with acting_as(world.a.lead):
        entry = AuditEntry.objects.get(object_type="incidents.incident")
    assert (entry.actor_id, entry.system, entry.action) == (None, "api", "create")


def test_the_same_body_again_records_nothing_more(program, body):
    first, second = _post(program, body), _post(program, body)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    with system_scope("seeding"):
        assert Incident.objects.filter(external_source="api").count() == 1


@pytest.mark.parametrize(
    "other",
    [{"fact_type": "NOISE"}, {"address": None}, {"narrative": ""}, {"day": "2026-01-01"}, {"time": "10:00"}],
)
def test_another_body_under_the_same_identifier_is_a_conflict(program, body, other):
    _post(program, body)
    problem = _is_problem(_post(program, body | other), 409)
    assert problem["detail"] == "Cet identifiant désigne déjà un fait différent."


@pytest.mark.parametrize("depth", [21, 900, 970, 100_000])
@pytest.mark.parametrize("nested", ["[", '{"fact_type":'])
def test_a_body_nested_too_deeply_is_a_problem(program, depth, nested):
    close = {"[": "]", "{": "}"}[nested[0]]
    for body in (nested * depth, nested * depth + "1" + close * depth):
        answer = program.post(URL, body, content_type="application/json")
        assert _is_problem(answer, 400)["title"] == "Bad Request"


@pytest.mark.parametrize("depth", [1, 19])
def test_a_body_nested_a_little_is_read_and_refused_for_what_it_says(program, body, depth):
    answer = program.post(
        URL, json.dumps(body).replace('"GED-1"', "[" * depth + "]" * depth), "application/json"
    )
    assert list(_is_problem(answer, 422)["errors"]) == ["external_id"]


def test_an_identifier_that_a_fact_out_of_sight_bears_is_a_conflict(program, body, monkeypatch):
    def refuse(**_fact):
        raise TakenError

    monkeypatch.setattr("incidents.facts.api.record_incident", refuse)
    problem = _is_problem(_post(program, body), 409)
    assert problem["detail"] == "Cet identifiant désigne déjà un fait différent."


def test_a_correction_by_a_person_does_not_make_the_repetition_a_conflict(program, body, world, sign_in):
    pk = read("fact", _post(program, body).json()["id"])
    with system_scope("seeding"):
        fact = Incident.objects.get(pk=pk)
    typed = {
        "token": "00000000-0000-4000-8000-000000000002", "place": f"a{world.a.other_address.pk}",
        "fact_type": fact.fact_type_id, "day": body["day"], "source": "staff", "place_kind": "roof",
    }  # fmt: skip
    client, url = sign_in(world.a.lead), reverse("incidents:edit", args=[pk])
    assert client.post(url, typed | opened(client, url)).status_code == 302
    again = _post(program, body)
    assert (again.status_code, again.json()["place_kind"]) == (200, "roof")


def test_two_landlords_use_the_same_identifier(program, body, world):
    other = _program(world.b.landlord, world.b.lead)
    _post(program, body)
    theirs = body | {"residence": world.b.other.reference, "address": world.b.other_address.label}
    assert _post(other, theirs).status_code == 201


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"fact_type": "CRIME"}, "fact_type"),
        ({"fact_type": "NOISE\0"}, "fact_type"),
        ({"residence": "\0"}, "residence"),
        ({"day": "2999-01-01"}, "day"),
        ({"day": "yesterday"}, "day"),
        ({"span_end": "2020-01-01"}, "span_end"),
        ({"address": "999 rue d'Ailleurs"}, "address"),
        ({"narrative": "Vu avec Mme Durand"}, "narrative"),
        ({"complaint_reference": "2026/1"}, "complaint_reference"),
        ({"damage_cost": "-1"}, "damage_cost"),
        ({"external_id": ""}, "external_id"),
        ({"external_id": "M. Karim Durand"}, "external_id"),
        ({"external_id": "appel-06-12-34-56-78"}, "external_id"),
        ({"complaint_filed": True, "complaint_reference": "Durand 0612345678"}, "complaint_reference"),
    ],
)
def test_what_cannot_be_recorded_is_said_field_by_field(program, body, wrong, field):
    problem = _is_problem(_post(program, body | wrong), 422)
    assert list(problem["errors"]) == [field]
    with system_scope("seeding"):
        assert not Incident.objects.filter(external_source="api").exists()


def test_anothers_place_answers_as_one_that_does_not_exist(program, body, world):
    theirs = _post(program, body | {"residence": world.b.residence.reference, "address": None})
    nowhere = _post(program, body | {"residence": "none", "address": None})
    assert _is_problem(theirs, 422) == _is_problem(nowhere, 422)
    street = _post(program, body | {"address": world.b.address.label})
    assert _is_problem(street, 422) == _is_problem(_post(program, body | {"address": "none"}), 422)


def test_what_is_not_json_is_a_problem_too(program):
    _is_problem(program.post(URL, "{", content_type="application/json"), 400)


@pytest.mark.parametrize("method", ["get", "post"])
def test_without_a_token_401(world, sign_in, method):
    for client in (Client(), sign_in(world.a.lead), Client(headers={"Authorization": "Bearer wrong"})):
        _is_problem(getattr(client, method)(URL), 401)


@pytest.mark.parametrize(
    "values", [{"expires_on": dt.date(2026, 1, 1)}, {"revoked_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}]
)
def test_expired_and_revoked_tokens_open_nothing(world, values):
    _is_problem(_program(world.a.landlord, world.a.lead, **values).get(URL), 401)


def test_lists_the_organisations_own_facts_and_nothing_else(program, world):
    with system_scope("seeding"):
        own = set(Incident.objects.filter(landlord=world.a.landlord).values_list("pk", flat=True))
    response = program.get(URL)
    assert {read("fact", row["id"]) for row in response.json()["results"]} == own
    assert "Récit secret B" not in response.content.decode()


def test_a_list_read_is_an_entry_with_its_rows(program, world):
    since = str(timezone.localdate() - dt.timedelta(2))
    program.get(URL, {"since": since, "page_size": 2})
    with acting_as(world.a.lead):
        entry, token = AuditEntry.objects.get(), ApiToken.objects.get().pk
    assert (entry.action, entry.system, entry.object_type) == ("export", "api", "incidents.list")
    by = {"token": token, "program": "essai", "narratives": True}
    assert entry.detail == {"format": "api", "rows": 2, "filters": {"since": since}, **by}


def test_lists_by_day_and_by_page(program, world):
    today = timezone.localdate()
    days = {"since": str(today - dt.timedelta(5)), "until": str(today - dt.timedelta(3)), "page_size": 2}
    first = program.get(URL, days).json()
    second = program.get(first["next"]).json()
    listed = [row["day"] for row in first["results"] + second["results"]]
    assert listed == [str(today - dt.timedelta(n)) for n in (3, 4, 5)]
    assert second["next"] is None
    for misspelt in (
        {"since": "soon"},
        {"until": ""},
        {"untill": "2026-01-01"},
        {"page_size": "many"},
        {"page_size": 0},
    ):
        problem = _is_problem(program.get(URL, misspelt), 422)
        assert list(problem["errors"]) == list(misspelt)


def test_anothers_fact_does_not_exist(program, world):
    assert (
        program.get(f"{URL}{written('fact', world.a.incidents[0].pk)}/").json()["narrative"]
        == "Récit secret A"
    )
    for other in (written("fact", world.b.incidents[0].pk), world.a.incidents[0].pk, "x" * 32, "é"):
        _is_problem(program.get(f"{URL}{other}/"), 404)


def test_reads_three_facts_with_the_queries_of_one(program, world):
    def queries(size):
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert len(program.get(URL, {"page_size": size}).json()["results"]) == size
        return len(captured)

    queries(1)
    assert queries(1) == queries(3)


def test_the_schema_is_valid_openapi(db):
    schema = SchemaGenerator().get_schema(request=None, public=True)
    validate_schema(schema)
    assert set(schema["paths"]) == {"/api/v1/incidents/", "/api/v1/incidents/{id}/"}
    assert schema["components"]["securitySchemes"] == {"token": {"type": "http", "scheme": "bearer"}}
    answers = [
        (code, kind)
        for path in schema["paths"].values()
        for operation in path.values()
        for code, answer in operation["responses"].items()
        for kind in answer["content"]
    ]
    assert {kind for code, kind in answers if code < "300"} == {"application/json"}
    assert {kind for code, kind in answers if code > "300"} == {"application/problem+json"}


def test_the_schema_has_no_field_for_a_person(db):
    properties = SchemaGenerator().get_schema(request=None, public=True)["components"]["schemas"]["Incident"]
    assert set(properties["properties"]).isdisjoint({"name", "reported_by", "suspect", "victim", "witness"})


def test_calls_that_fail_count_against_the_limit_and_are_dated(program, body, world, monkeypatch):
    monkeypatch.setattr("rest_framework.throttling.UserRateThrottle.rate", "3/min", raising=False)
    answers = [_post(program, body | {"day": "yesterday"}).status_code for _call in range(4)]
    assert answers == [422, 422, 422, 429]
    with acting_as(world.a.lead):
        assert ApiToken.objects.get().last_used_at is not None


@pytest.mark.parametrize(
    ("rights", "answers", "told"),
    [
        ([], (403, 403, 403), set()),
        (["write"], (403, 403, 201), set()),
        (["read"], (200, 200, 403), set()),
        (["read", "narratives"], (200, 200, 403), {"narrative"}),
    ],
)
def test_a_token_does_what_its_rights_say_and_no_more(world, body, rights, answers, told):
    client = _program(world.a.landlord, world.a.lead, rights=rights)
    own = written("fact", world.a.incidents[0].pk)
    listed, one, posted = client.get(URL), client.get(f"{URL}{own}/"), _post(client, body)
    assert (listed.status_code, one.status_code, posted.status_code) == answers
    shown = [
        fact for fact in (*listed.json().get("results", []), one.json(), posted.json()) if "fact_type" in fact
    ]
    assert bool(shown) == (bool(rights))
    assert {"narrative"} & {name for fact in shown for name in fact} == told


@pytest.mark.parametrize(
    ("rights", "place_kind", "complaint", "journalled"),
    [(["write"], "", "", ["create"]), (["write", "read"], "roof", "PV-2026-77", ["create", "read"])],
)
def test_a_repetition_reads_back_what_people_corrected_to_a_program_that_reads_alone(
    world, body, rights, place_kind, complaint, journalled
):
    client = _program(world.a.landlord, world.a.lead, rights=rights)
    pk = read("fact", _post(client, body).json()["id"])
    with system_scope("seeding"):
        Incident.objects.filter(pk=pk).update(
            place_kind="roof", complaint_filed=True, complaint_reference="PV-2026-77"
        )
    again = _post(client, body)
    told = again.json()
    assert (again.status_code, read("fact", told["id"]), told["residence"]) == (200, pk, body["residence"])
    assert (told["place_kind"], told["complaint_reference"]) == (place_kind, complaint)
    with acting_as(world.a.lead):
        entries = AuditEntry.objects.filter(system="api", object_id=str(pk)).order_by("id")
        assert [entry.action for entry in entries] == journalled


def test_every_fact_that_a_program_reads_is_in_the_journal_with_its_token(world):
    client = _program(world.a.landlord, world.a.lead, rights=["read"])
    client.get(f"{URL}{written('fact', world.a.incidents[0].pk)}/")
    client.get(URL)
    with acting_as(world.a.lead):
        token = ApiToken.objects.get().pk
        entries = AuditEntry.objects.filter(system="api").order_by("id")
        assert [(entry.action, entry.detail["token"], entry.detail["narratives"]) for entry in entries] == [
            ("read", token, False),
            ("export", token, False),
        ]
