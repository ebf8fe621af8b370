"""A campaign from its draft to its publication, by two landlords' leads and a coordinator, and another one a quarter later.

The worker does what the pages ask of it, and a partner of the circle reads what came of it. The first campaign is about a day of
the quarter before: what was recorded by then is planted, and what was recorded since once it is closed.
"""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.scope import system_scope
from classification.engine.services import evaluate
from classification.models import Campaign
from core.dates import long_date
from partners.models import Publication
from sites.models import Address
from tests import factories as f
from tests.browser import axe
from tests.world import plant, signed_in

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
QUARTER = dt.timedelta(91)
SUMMER, AUTUMN = "Diagnostic d’été", "Diagnostic d’automne"
WHY, CONCLUSION = "Les abords comptent moins que le hall.", "Le hall est resté calme : deux suffit."


class _Room:
    """The people of a territory before one browser, each of whom opens a page in turn."""

    def __init__(self, bridge, side, other) -> None:
        self.bridge, self.page, self.side, self.other = bridge, bridge.page, side, other
        people = {
            "coordinator": side.coordinator,
            "lead": side.lead,
            "second": other.lead,
            "partner": side.partner,
        }
        self.clients = {name: signed_in(person) for name, person in people.items()}

    def opens(self, who: str, name: str, *args, query: str = "") -> None:
        assert self.bridge.open(self.clients[who], reverse(name, args=args) + query) == 200

    def looks(self) -> None:
        """Fail on what axe finds, and on a page wider than its screen, at the desk and on the phone."""
        for size in (PHONE, DESK):
            self.page.set_viewport_size(size)
            # A chart follows the width of the window a moment later.
            self.page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
            assert axe.problems_as_it_stands(self.page) == [], self.page.url

    def presses(self, name: str, *, confirm: bool = False) -> None:
        """Press a button, and in the dialog that asks whether to."""
        self.page.get_by_role("button", name=name, exact=True).click()
        if confirm:
            dialog = self.page.get_by_role("dialog")
            dialog.get_by_role("button", name=name, exact=True).click()

    def sees(self, *words: str) -> None:
        for said in words:
            expect(self.page.get_by_text(_loose(said)).first).to_be_visible()


def _loose(words: str) -> re.Pattern[str]:
    """A pattern for words, whatever spaces are between them."""
    return re.compile(r"\s+".join(map(re.escape, words.split())))


@pytest.fixture
def room(committed_database, bridge):
    world = plant()
    with system_scope("seeding"):
        # World A's own residences have facts of these days alone, which would say "changed since" of each.
        f.SharingAgreementFactory(landlord=world.b.landlord, territory=world.a.territory)
        f.MandateFactory(circle=world.a.circle, user=world.b.partner)
        for landlord, name, code in (
            (world.a.landlord, "Les Tilleuls", "URBAN_VIOLENCE"), (world.a.landlord, "Les Érables", "LITTERING"),
            (world.b.landlord, "Le Mail", "URBAN_VIOLENCE"), (world.b.landlord, "Les Quais", "LITTERING"),
        ):  # fmt: skip
            residence = f.ResidenceFactory(landlord=landlord, commune=world.commune, name=name)
            _records(
                f.AddressFactory(residence=residence), code, timezone.localdate() - QUARTER - dt.timedelta(9)
            )
    evaluate()
    yield _Room(bridge, world.a, world.b)
    bridge.leave()


def _records(address, code: str, day: dt.date) -> None:
    f.IncidentFactory(address=address, code=code, day=day)


def _campaign(name: str) -> Campaign:
    with system_scope("evaluation"):
        return Campaign.objects.get(name=name)


def _published() -> Publication:
    with system_scope("seeding"):
        return Publication.objects.latest("pk")


def test_a_whole_campaign_and_another_a_quarter_later(room):
    today = timezone.localdate()
    first = _is_opened(room, SUMMER, today - QUARTER, today)
    _leads_decide(room, first)
    _the_workshop_settles(room, first)
    _its_lead_follows(room, first)
    _is_closed(room, first)
    _is_published(room, first)
    _a_partner_reads_it(room, first)
    _a_quarter_passes(room)
    second = _is_opened(room, AUTUMN, today, today + dt.timedelta(20))
    _a_lead_retains(room, second)
    _is_closed(room, second)
    _both_are_compared(room, second)
    _is_published(room, second)
    _the_first_is_superseded(room)


def _is_opened(room, name: str, as_of: dt.date, deadline: dt.date) -> Campaign:
    page = room.page
    room.opens("coordinator", "classification:campaign_create", room.side.territory.pk)
    page.get_by_label("Nom").fill(name)
    page.get_by_label("Niveaux au").fill(as_of.isoformat())
    page.get_by_label("Décider au plus tard le").fill(deadline.isoformat())
    room.presses("Enregistrer")
    room.sees("en préparation", "Personne d’autre ne la voit avant son ouverture")
    campaign = _campaign(name)
    room.opens("coordinator", "classification:campaign", campaign.pk)
    room.looks()
    room.presses("Ouvrir la campagne", confirm=True)
    room.sees("La campagne est ouverte")
    room.opens("coordinator", "classification:campaign", campaign.pk)
    room.sees("Avancement")
    room.looks()
    return campaign


def _row(room, name: str):
    return room.page.get_by_role("listitem", name=name, exact=True)


def _leads_decide(room, campaign: Campaign) -> None:
    """One by keyboard; the other contests a level and confirms what is left."""
    page = room.page
    room.opens("lead", "classification:campaign_queue", campaign.pk)
    expect(_row(room, "Les Tilleuls")).to_be_visible()
    room.looks()
    rows = page.locator("[data-row]")
    expect(rows).to_have_count(3)
    page.keyboard.press("j")
    expect(rows.first).to_be_focused()
    expect(rows.first).to_have_attribute("aria-label", "Les Tilleuls")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(rows.first).to_be_focused()
    page.keyboard.press("Enter")
    room.sees("1 niveau confirmé.")
    room.opens("lead", "classification:campaign_queue", campaign.pk)
    expect(rows).to_have_count(2)
    page.keyboard.press("j")
    expect(rows.first).to_have_attribute("aria-label", "Les Érables")
    page.keyboard.press("Enter")
    room.sees("1 niveau confirmé.")
    room.opens("second", "classification:campaign_queue", campaign.pk)
    _row(room, "Les Quais").get_by_role("button", name="Confirmer").click()
    room.sees("1 niveau confirmé.")
    room.opens("second", "classification:campaign_queue", campaign.pk)
    _row(room, "Le Mail").get_by_role("link", name="Contester").click()
    page.get_by_label("Pourquoi ce niveau est contesté").fill(WHY)
    with page.expect_navigation():
        room.presses("Contester le niveau")
    room.opens("second", "classification:campaign_queue", campaign.pk)
    expect(_row(room, "Le Mail").get_by_text("contesté")).to_be_visible()


def _the_workshop_settles(room, campaign: Campaign) -> None:
    page = room.page
    room.opens("coordinator", "classification:workshop", campaign.pk)
    items, panel = page.locator("[data-item]"), page.locator("#workshop-panel")
    page.keyboard.press("j")
    expect(items.first).to_be_focused()
    page.keyboard.press("Enter")
    expect(panel.get_by_role("heading", level=2)).to_have_text("Le Mail")
    expect(panel.get_by_text(WHY)).to_be_visible()
    room.looks()
    panel.get_by_role("textbox", name="Conclusion de l’atelier").fill(CONCLUSION)
    panel.get_by_label("Niveau que l’atelier recommande").select_option("2")
    room.presses("Noter la conclusion")
    expect(panel.get_by_text(CONCLUSION).first).to_be_visible()
    expect(panel.get_by_role("button", name="Corriger la conclusion")).to_be_visible()


def _its_lead_follows(room, campaign: Campaign) -> None:
    room.opens("second", "classification:campaign_queue", campaign.pk)
    row = _row(room, "Le Mail")
    expect(row.get_by_text(CONCLUSION)).to_be_visible()
    with room.page.expect_navigation():
        row.get_by_role("button", name="Retenir le niveau 2").click()
    room.opens("second", "classification:campaign_queue", campaign.pk, query="?etat=retenus")
    expect(_row(room, "Le Mail")).to_be_visible()


def _is_closed(room, campaign: Campaign) -> None:
    room.opens("coordinator", "classification:campaign", campaign.pk)
    # A page that is opened while the answer is on its way would cut it, or be cut by it.
    with room.page.expect_navigation():
        room.presses("Arrêter les niveaux", confirm=True)
    room.opens("coordinator", "classification:campaign", campaign.pk)
    room.sees("arrêtée", "version 1", "8 sites arrêtés")
    room.looks()


def _is_published(room, campaign: Campaign) -> None:
    page = room.page
    room.opens("coordinator", "classification:campaign", campaign.pk)
    page.get_by_role("link", name="Publier les niveaux").click()
    room.sees("n’a encore rien reçu de cette campagne")
    room.looks()
    page.get_by_role("link", name="Cellule A").click()
    room.sees("Ce que la cellule recevra")
    page.get_by_text("Les 8 résidences, par niveau").click()
    room.sees(f"campagne « {campaign.name} », niveaux au {long_date(campaign.as_of)}, version 1")
    room.looks()
    room.presses("Publier à «\xa0Cellule A\xa0»", confirm=True)
    room.sees("Les niveaux sont publiés à la cellule ; ils ne changeront plus.")
    room.opens("coordinator", "classification:campaign", campaign.pk)
    expect(page.locator(".badge", has_text="publiée")).to_be_visible()


def _a_partner_reads_it(room, campaign: Campaign) -> None:
    page, today = room.page, long_date(timezone.localdate())
    room.opens("partner", "partners:publications")
    room.sees(f"campagne « {SUMMER} », version 1")
    room.opens("partner", "partners:publication", _published().pk)
    room.sees(
        f"campagne « {SUMMER} », niveaux au {long_date(campaign.as_of)}, version 1",
        f"décidé par le bailleur le {today} : proposé 3, retenu 2",
        f"proposé, non validé à l’arrêt de la campagne le {today}",
    )
    room.looks()
    page.get_by_role("link", name="Le Mail").click()
    room.sees(f"Décidé par le bailleur le {today} : proposé 3, retenu 2.", "Niveau proposé à chaque campagne")
    room.looks()


def _a_quarter_passes(room) -> None:
    """Something grave happens where it was quiet."""
    with system_scope("seeding"):
        _records(Address.objects.get(residence__name="Les Érables"), "URBAN_VIOLENCE", timezone.localdate())
    evaluate()


def _a_lead_retains(room, campaign: Campaign) -> None:
    """Another level than the proposed one, with a reason, where the last campaign confirmed it."""
    page = room.page
    room.opens("lead", "classification:campaign_queue", campaign.pk, query="?etat=retenus")
    _row(room, "Les Tilleuls").get_by_role("link", name="Revoir").click()
    page.get_by_label("2 – incivilités récurrentes").check()
    page.get_by_label("Motif").fill("Plus rien depuis le printemps.")
    room.presses("Enregistrer la décision")
    room.sees("Plus rien depuis le printemps.")


def _both_are_compared(room, campaign: Campaign) -> None:
    room.opens("coordinator", "classification:campaign", campaign.pk)
    room.page.get_by_role("link", name="Comparer avec la campagne d’avant").click()
    room.sees(f"De « {SUMMER} »")
    for name, move in (("Les Érables", "en hausse"), ("Les Tilleuls", "en baisse"), ("Le Mail", "inchangé")):
        row = room.page.get_by_role("listitem").filter(has_text=name).filter(has_text=_loose(move))
        expect(row.first).to_be_visible()
    room.looks()


def _the_first_is_superseded(room) -> None:
    page = room.page
    for who in ("coordinator", "lead", "second"):
        room.opens(who, "classification:campaigns")
        for name, word in ((SUMMER, "remplacée"), (AUTUMN, "publiée")):
            row = page.get_by_role("listitem").filter(has=page.get_by_role("link", name=name, exact=True))
            expect(row.locator(".badge")).to_have_text(word)
        room.looks()
    room.opens("partner", "partners:publication", _published().pk)
    room.sees(f"campagne « {AUTUMN} »", "3 sites en hausse", "1 en baisse")
