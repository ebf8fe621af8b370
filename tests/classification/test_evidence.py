"""Test that the links from an explanation list exactly the facts behind it."""

import datetime as dt
import re
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.scope import system_scope
from classification.engine import services
from core.opaque import read, written
from incidents.models import Incident
from sites.models import ResidenceAssignment
from tests import factories as f
from tests import oracle
from tests.sharing import publication_of, site_address

WINDOW = 28


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def records(world, today):
    """More dealing around the planted nine days, inside and outside their window; evaluated."""

    def ago(days):
        return today - dt.timedelta(days)

    with system_scope("seeding"):
        door = f.AddressFactory(residence=world.a.residence, label="3 rue A")
        at = {"address": world.a.address, "code": "PETTY_DEALING"}
        whole = {"address": None, "residence": world.a.residence, "code": "PETTY_DEALING"}
        for day in (0, 0, WINDOW - 1, WINDOW, 200):
            f.IncidentFactory(**at, day=ago(day))
        f.IncidentFactory(**at, day=ago(WINDOW + 2), span_end=ago(WINDOW - 2))
        f.IncidentFactory(**at, day=ago(6), span_end=ago(4))
        f.IncidentFactory(**at, day=ago(WINDOW + 9), span_end=ago(WINDOW))
        f.IncidentFactory(**at, day=ago(1), cancelled_at=timezone.now(), cancel_reason="Doublon")
        f.IncidentFactory(**(at | {"code": "NOISE"}), day=ago(1))
        f.IncidentFactory(**(at | {"address": door}), day=ago(2))
        f.IncidentFactory(**(at | {"address": door}), day=ago(12))
        f.IncidentFactory(**whole, day=ago(3))
        f.IncidentFactory(**(at | {"address": world.a.other_address}), day=ago(1))
        services.evaluate()
    return door


def plain(response) -> str:
    assert response.status_code == 200
    text = unescape(response.content.decode())
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


def reasons(page: str) -> dict[str, tuple[str, str, str]]:
    """What the page says of each finding: sentence → address of its facts, words of the link, all of it."""
    found = {}
    for item in re.findall(r'<li class="why-item">(.*?)</div>\s*</li>', page, re.DOTALL):
        sentence = re.search(r'<p class="m-0">(.*?)</p>', item)[1]
        link = re.search(r'<a href="(/faits/[^"]*)">(Voir.*?)<', item)
        found[sentence] = (*(link.groups() if link else ("", "")), item)
    return found


def why(client, residence) -> tuple[dict, dict]:
    """The reasons of a residence, and those of its addresses."""
    page = plain(client.get(reverse("classification:residence", args=[residence.pk])))
    return tuple(
        reasons(page.split(f'id="{name}"')[1].split("</section>")[0]) for name in ("h-why", "h-stairwells")
    )


def of_dealing(found: dict) -> str:
    return next(
        url for sentence, (url, _words, _item) in found.items() if sentence.startswith("Petits trafics")
    )


def listed(client, url: str) -> set[int]:
    """The facts of a list; its own count must be theirs."""
    page = plain(client.get(f"{url}&par_page=100"))
    found = [read("fact", pk) for pk in re.findall(r'href="/faits/([\w-]{32})/"', page)]
    count = re.search(r'role="status">(\d+) faits?<', page)
    assert len(found) == len(set(found)) == int(count[1])
    return set(found)


def listed_nothing(client, url: str) -> bool:
    page = plain(client.get(url))
    return "Un filtre est à corriger." in page and re.findall(r'href="/faits/[\w-]{32}/"', page) == []


def reaching(last: dt.date, days: int, **conditions) -> set[int]:
    """The facts that may lie in the ``days`` up to ``last``, found the slow way."""
    window = {last - dt.timedelta(n) for n in range(days)}
    with system_scope("seeding"):
        rows = list(Incident.objects.filter(cancelled_at=None, **conditions))
    return {
        row.pk
        for row in rows
        for length in [((row.span_end or row.day) - row.day).days + 1]
        if any(row.day + dt.timedelta(n) in window for n in range(length))
    }


def dealing(last: dt.date, days: int, **place) -> set[int]:
    return reaching(last, days, fact_type__code="PETTY_DEALING", **place)


def as_facts(pks: set[int]) -> list[oracle.Fact]:
    with system_scope("seeding"):
        return [oracle.Fact(1, None, "x", i.day, i.span_end) for i in Incident.objects.filter(pk__in=pks)]


@pytest.mark.parametrize("role", ["agent", "lead", "coordinator"])
def test_each_reason_leads_to_exactly_its_facts(world, sign_in, today, records, role):
    client = sign_in(getattr(world.a, role))
    residence, addresses = why(client, world.a.residence)
    [(sentence, (url, words, _item))] = [r for r in residence.items() if r[0].startswith("Petits trafics")]
    expected = dealing(today, WINDOW, residence=world.a.residence)
    assert listed(client, url) == expected
    assert words == f"Voir les {len(expected)} faits"
    occurrences = oracle.occurrences(as_facts(expected), today, WINDOW)
    assert f"{occurrences} jours sur les {WINDOW} derniers" in sentence
    assert occurrences < len(expected)
    own = {said: found[0] for said, found in addresses.items() if said.startswith("Petits trafics")}
    assert [listed(client, url) for url in own.values()] == [
        dealing(today, WINDOW, address=world.a.address), dealing(today, 365, address=records),
    ]  # fmt: skip


def test_every_reason_of_a_residence_reconciles(world, sign_in, records):
    client = sign_in(world.a.lead)
    for found in why(client, world.a.residence):
        assert found
        for url, words, _item in found.values():
            number = len(listed(client, url))
            assert words == ("Voir ce fait" if number == 1 else f"Voir les {number} faits")


def test_a_counted_day_leads_to_the_facts_of_that_day(world, sign_in, today, records):
    client = sign_in(world.a.lead)
    _residence, addresses = why(client, world.a.residence)
    item = next(found[2] for said, found in addresses.items() if said.startswith("Petits trafics"))
    days = re.findall(r'<li><a href="(/faits/[^"]*)">', item)
    with system_scope("seeding"):
        known = Incident.objects.current().filter(
            fact_type__code="PETTY_DEALING", address=world.a.address, span_end=None,
            day__gt=today - dt.timedelta(WINDOW),
        )  # fmt: skip
        by_day = [
            set(known.filter(day=day).values_list("pk", flat=True))
            for day in sorted(set(known.order_by().values_list("day", flat=True)))
        ]
    assert [listed(client, url) for url in days] == by_day
    assert max(map(len, by_day)) == 3


def test_the_window_is_that_of_the_day_it_was_counted_on(world, sign_in, today, records):
    services.evaluate(as_of=today - dt.timedelta(2))
    client = sign_in(world.a.lead)
    residence, _addresses = why(client, world.a.residence)
    url = of_dealing(residence)
    expected = dealing(today - dt.timedelta(2), WINDOW, residence=world.a.residence)
    assert listed(client, url) == expected
    assert expected != dealing(today, WINDOW, residence=world.a.residence)


def test_the_list_says_its_filters_and_each_can_be_taken_away(world, sign_in, records):
    client = sign_in(world.a.lead)
    _residence, addresses = why(client, world.a.residence)
    url = of_dealing(addresses)
    page = plain(client.get(url))
    chips = [
        re.sub(r"<.*?>", "", chip)
        for chip in re.findall(r'class="list-chip" href="[^"]*"><span>(.*?)</span>', page)
    ]
    assert [chip.split(" : ")[0] for chip in chips] == ["Du", "Au", "Nature", "Résidence", "Adresse"]
    assert chips[2:] == ["Nature : Petits trafics", "Résidence : Résidence A", "Adresse : 1 rue A"]
    door = written("address", world.a.address.pk)
    assert f'name="address" value="{door}"' in page


def test_an_observation_without_facts_leads_nowhere(world, sign_in, today):
    with system_scope("seeding"):
        observation = f.StandingObservationFactory(address=world.a.address, code="SQUAT", since=today)
        f.ConfirmationFactory(observation=observation, day=today)
        services.evaluate()
    residence, _addresses = why(sign_in(world.a.lead), world.a.residence)
    [(url, words, item)] = [found for said, found in residence.items() if "d’après un constat" in said]
    assert (url, words, "/faits/" in item) == ("", "", False)


def test_a_month_leads_to_its_facts(world, sign_in, today, records):
    client = sign_in(world.a.lead)
    page = plain(client.get(reverse("classification:residence", args=[world.a.residence.pk])))
    url, days = re.findall(r'<td class="text-end" data-label="[^"]*"><a href="(/faits/[^"]*)">(\d+)<', page)[
        0
    ]
    expected = reaching(today, today.day, residence=world.a.residence)
    assert listed(client, url) == expected
    with system_scope("seeding"):
        first_days = set(Incident.objects.filter(pk__in=expected).values_list("day", flat=True))
    assert int(days) == len([day for day in first_days if day >= today.replace(day=1)])


def test_an_agent_is_led_to_assigned_residences_only(world, sign_in, today, records):
    with system_scope("seeding"):
        ResidenceAssignment.objects.create(membership=world.a.agent_membership, residence=world.a.residence)
    client = sign_in(world.a.agent)
    residence, _addresses = why(client, world.a.residence)
    url = of_dealing(residence)
    assert listed(client, url) == dealing(today, WINDOW, residence=world.a.residence)
    assert listed_nothing(
        client,
        url.replace(*(written("residence", home.pk) for home in (world.a.residence, world.a.other))),
    )


def test_anothers_address_lists_nothing_and_is_not_named(world, sign_in):
    client, url = sign_in(world.a.lead), f"{reverse('incidents:list')}?address={world.b.address.pk}"
    assert listed_nothing(client, url)
    assert world.b.address.label not in plain(client.get(url))


@pytest.mark.parametrize("role", ["partner", "coordinator", "lead"])
def test_published_levels_lead_to_no_facts(world, sign_in, records, role):
    publication = publication_of(world.a)
    page = plain(sign_in(getattr(world.a, role)).get(site_address(publication.pk, 1)))
    found = reasons(page)
    assert found
    assert [reason[:2] for reason in found.values()] == [("", "")] * len(found)
    assert "?residence=" not in page


def test_a_partner_may_not_read_the_lists(world, sign_in):
    client = sign_in(world.a.partner)
    assert (
        client.get(
            reverse("incidents:list"), {"residence": written("residence", world.a.residence.pk)}
        ).status_code
        == 403
    )
