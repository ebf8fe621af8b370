"""The list of places to watch: who sees what, its reasons in words, its filters, its file, and that it says what it is not."""

import csv
import io

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from classification.engine.services import evaluate
from classification.models import Signal, SignalKind
from incidents.models import FactType
from tests import factories as f
from tests.watching import named, watched

LIST = "/a-surveiller/"


@pytest.fixture
def dealing(world):
    return FactType.objects.get(code="PETTY_DEALING")


def _page(client, query="") -> str:
    return client.get(LIST + query).content.decode()


def _file(client, query=""):
    answer = client.get(f"{LIST}export.csv{query}")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def test_each_reason_is_a_sentence(world, sign_in, dealing):
    watched(world.a, kind=SignalKind.RISE, fact_type=dealing, now=16, before=4, z=4.0, most=12.25)
    watched(world.a, kind=SignalKind.NEAR, fact_type=dealing, near=5, own=2)
    watched(world.a, kind=SignalKind.HOT, around=40, places=3, z=4.1)
    watched(world.a, kind=SignalKind.TIP, fact_type=dealing, days=7, pace=3, after=2, level=1, level_after=2)
    watched(world.a)
    page = _page(sign_in(world.a.lead))
    for said in (
        "Petits trafics : des faits 16 jours sur les 28 derniers, contre 4 sur les 28 d’avant ; le hasard seul irait jusqu’à 12,25",
        "5 occurrences à moins de 200 m en 14 jours, dont 2 ici",
        "40 occurrences en 91 jours dans les 3 résidences à moins de 300 m",
        "encore une semaine à ce rythme (3 jours sur 7), et les faits deviennent réguliers : du niveau 1 au niveau 2",
        "2 occurrences saisies en 91 jours, pour 12,5 attendues",
    ):
        assert said in page


def test_the_page_says_that_it_is_about_places_alone(world, sign_in):
    page = _page(sign_in(world.a.lead))
    assert "jamais des personnes" in page
    assert "article 5, paragraphe 1, point d" in page


def test_a_landlord_sees_its_own_and_a_coordinator_what_is_shared(world, sign_in):
    watched(world.a)
    watched(world.b)
    for place in (world.c, world.d):
        watched(place)
    for person in (world.a.lead, world.a.coordinator):
        page = _page(sign_in(person))
        assert "Résidence A" in page
        for other in ("Résidence B", "Hors périmètre C", "Hors périmètre D"):
            assert other not in page


def test_an_agent_reads_no_reason_not_even_at_the_residence(world, sign_in):
    watched(world.a)
    url = reverse("classification:residence", args=[world.a.residence.pk])
    assert "pour 12,5 attendues" not in sign_in(world.a.agent).get(url).content.decode()
    assert "pour 12,5 attendues" in sign_in(world.a.lead).get(url).content.decode()
    with acting_as(world.a.agent):
        assert not Signal.objects.exists()


def test_filters_by_reason_and_by_type(world, sign_in, dealing):
    watched(world.a)
    watched(world.a, world.a.other, SignalKind.RISE, dealing, now=16, before=4, z=4.0, most=12.2)
    client = sign_in(world.a.lead)
    for query, names in (
        ("?kind=rise", ["Résidence A bis"]),
        ("?kind=hot", []),
        (f"?fact_type={dealing.pk}", ["Résidence A bis"]),
        ("?tri=residence", ["Résidence A", "Résidence A bis"]),
        ("?tri=-residence", ["Résidence A bis", "Résidence A"]),
    ):
        assert named(client, query) == names


def test_those_with_most_reasons_come_first(world, sign_in, dealing):
    watched(world.a)
    watched(world.a, world.a.other)
    watched(world.a, world.a.other, SignalKind.RISE, dealing, now=16, before=4, z=4.0, most=12.2)
    assert named(sign_in(world.a.lead)) == ["Résidence A bis", "Résidence A"]


def test_the_file_has_a_row_for_each_reason_and_is_in_the_journal(world, sign_in, dealing):
    watched(world.a)
    watched(world.a, kind=SignalKind.RISE, fact_type=dealing, now=16, before=4, z=4.0, most=12.2)
    rows = _file(sign_in(world.a.lead))
    assert [row[0] for row in rows] == ["Résidence", "Résidence A", "Résidence A"]
    assert {row[2] for row in rows[1:]} == {"saisie en forte baisse", "hausse soudaine"}
    with acting_as(world.a.lead):
        assert AuditEntry.objects.filter(object_type="classification.watch", action="export").count() == 1


def test_what_a_coordinator_reads_is_in_the_landlords_journal(world, sign_in):
    watched(world.a)
    sign_in(world.a.coordinator).get(LIST)
    with acting_as(world.a.lead):
        assert AuditEntry.objects.filter(object_type="classification.watch", action="read").count() == 1


def test_who_was_shown_nothing_of_reads_nothing_of_it_in_the_journal(world, sign_in):
    with system_scope("seeding"):
        f.SharingAgreementFactory(landlord=world.b.landlord, territory=world.a.territory)
        b = f.MembershipFactory(organisation=world.b.landlord, role=Role.DPO).user
    watched(world.a)
    client, told = sign_in(world.a.coordinator), []
    for _n in (1, 2):
        client.get(LIST)
        with acting_as(b):
            told.append(AuditEntry.objects.filter(object_type="classification.watch").count())
        watched(world.b)
    assert told == [0, 1]


def test_an_empty_list_does_not_say_that_all_is_calm(world, sign_in):
    assert "Ce n’est pas une preuve que tout est calme" in _page(sign_in(world.a.lead))


def test_a_residence_that_is_not_watched_cannot_be_put_to_rest(world, sign_in):
    url = reverse("classification:rest", args=[world.a.residence.pk])
    assert sign_in(world.a.lead).get(url).status_code == 404


def test_the_queries_do_not_grow_with_the_residences(world, sign_in, django_assert_max_num_queries):
    client = sign_in(world.a.lead)
    watched(world.a)
    client.get(LIST)
    counts = []
    for _number in range(2):
        with django_assert_max_num_queries(60) as queries:
            client.get(LIST)
        counts.append(len(queries))
        with system_scope("seeding"):
            more = [f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune) for _ in range(5)]
        evaluate([one.pk for one in more])
        for one in more:
            watched(world.a, one)
    assert counts[0] == counts[1]
