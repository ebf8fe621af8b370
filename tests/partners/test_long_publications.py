"""A page of a published state costs what it shows, however many sites were published."""

import datetime as dt

import pytest
from django.db import connection
from django.db.models.sql.compiler import SQLCompiler
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.scope import system_scope
from partners.models import PublishedSite
from tests.sharing import publication_of, site_address, today


def _finding(label: str) -> dict:
    return {"code": "NOISE", "label_fr": label, "label_en": label}


def _publish(side, number: int, days: int = 0):
    """Publish the two residences of ``side``, and below them ``number`` sites of one level."""
    publication = publication_of(side, as_of=today() - dt.timedelta(days))
    with system_scope("seeding"):
        model = publication.sites.get(rank=1)
        PublishedSite.objects.bulk_create(
            PublishedSite(
                publication=publication, shared_by=side.landlord, shared_in=side.residence.commune, landlord="Bailleur A", commune="Partagée",
                name=f"Site {n:04}", dwellings=10, in_priority_neighbourhood=False, level=2, facts_level=2,
                impact_level=1, silent=False, addresses=model.addresses, findings=[_finding(f"Fait {n:04}")],
                rank=n, longitude=2 + n / 1000, latitude=48,
            )
            for n in range(3, number + 3)
        )  # fmt: skip
    return publication


@pytest.fixture
def read(monkeypatch) -> list:
    """The rows that the database gave, as the test goes on."""
    rows, results = [], SQLCompiler.results_iter

    def counted(self, *args, **kwargs):
        for row in results(self, *args, **kwargs):
            rows.append(row)
            yield row

    monkeypatch.setattr(SQLCompiler, "results_iter", counted)
    return rows


@pytest.mark.parametrize("query", [{}, {"page": 2}, {"tri": "-before"}, {"tri": "commune"}, {"level": "2"}])
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true", "HX-Target": "ranking"}])
def test_rows_and_queries_of_a_page_do_not_grow_with_the_sites(world, sign_in, read, query, headers):
    client = sign_in(world.a.partner)
    _publish(world.a, 50, days=2)
    few, many = _publish(world.a, 50, days=1), _publish(world.a, 300)
    costs = []
    for publication in (few, few, many):
        read.clear()
        with CaptureQueriesContext(connection) as captured:
            page = client.get(reverse("partners:publication", args=[publication.pk]), query, headers=headers)
        assert len(page.context["table"].paginated_rows) == 25
        costs.append((len(captured), len(read)))
    # The states of the circle are on its pages: one more for a later publication is not there.
    assert costs[1] == costs[2]


def test_a_page_shows_what_weighs_most_at_its_sites_and_a_file_at_all(world, sign_in):
    client = sign_in(world.a.partner)
    url = reverse("partners:publication", args=[_publish(world.a, 40).pk])
    second = client.get(url, {"page": 2}).text
    assert [f"Fait {n:04}" in second for n in (25, 26, 42)] == [False, True, True]
    file = b"".join(client.get(url, {"export": "csv"}).streaming_content).decode("utf-8-sig")
    assert next(line for line in file.splitlines() if "Fait" in line).split(";")[0] == "3"
    assert file.count("Fait ") == 40


def test_sites_alike_in_what_they_are_sorted_by_are_shown_once_over_the_pages(world, sign_in):
    client = sign_in(world.a.partner)
    url = reverse("partners:publication", args=[_publish(world.a, 70).pk])
    for order in ("commune", "-commune", "level", "-level"):
        pages = [client.get(url, {"tri": order, "page": n}) for n in (1, 2, 3)]
        ranks = [row.record.rank for page in pages for row in page.context["table"].paginated_rows]
        assert sorted(ranks) == list(range(1, 73))
        assert [rank for rank in ranks if rank > 2] == list(range(3, 73))


def test_the_page_leaves_the_points_to_the_map(world, sign_in):
    client = sign_in(world.a.partner)
    publication = _publish(world.a, 30)
    page = client.get(reverse("partners:publication", args=[publication.pk]), {"level": "2"})
    [state] = page.context["states"]
    assert "Site 0032" not in page.text
    answer = client.get(state["points"]).json()
    assert [point["rank"] for point in answer["points"]] == list(range(3, 33))
    assert answer["points"][0] == {
        "at": [48.0, 2.003], "level": 2, "label": "Niveau 2", "rank": 3, "name": "Site 0003",
        "decision": "proposé, non encore décidé", "url": site_address(publication.pk, 3),
    }  # fmt: skip
    assert answer["summary"] == "30\xa0de niveau\xa02"


def test_without_a_point_there_is_no_map(world, sign_in):
    publication = _publish(world.a, 1)
    page = sign_in(world.a.partner).get(
        reverse("partners:publication", args=[publication.pk]), {"level": "4"}
    )
    assert not page.context["mapped"]
    assert "partners/map.js" not in page.text
