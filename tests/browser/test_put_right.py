"""A wrong disruption reaches a partner, and is put right: cancelled, its publication replaced, its reader told."""

import datetime as dt
import re

from django.utils import timezone
from playwright.sync_api import expect

from accounts.enums import Role

WORST = re.compile(r"Niveau\s4\b")


def test_a_wrong_disruption_is_put_right_as_far_as_it_was_read(visitor):
    agent, lead = visitor(Role.AGENT), visitor(Role.LEAD)
    coordinator, partner = visitor(Role.COORDINATOR), visitor(Role.PARTNER)

    residence, level = _calm_residence(agent)
    disruption = _enter_by_mistake(agent, residence, level)
    _see(lead, disruption)
    publication = _publish(coordinator, residence)
    _read(partner, publication, residence)

    _cancel(lead, disruption, level)
    _replace(coordinator, publication, residence, level)
    _is_told(partner, publication, residence, level)


def _published_day() -> dt.date:
    # Another test publishes yesterday to the same circle.
    return timezone.localdate() - dt.timedelta(3)


def _calm_residence(agent) -> tuple[str, int]:
    """Return the name and the level of a residence of the agent's, of the lowest level there."""
    row = (
        agent.go("/residences/?tri=level")
        .locator("tbody tr")
        .filter(has_text=re.compile(r"Niveau\s[123]\b"))
        .first
    )
    found = re.search(r"Niveau\s(\d)", row.inner_text())
    assert found
    return row.get_by_role("link").first.inner_text(), int(found[1])


def _enter_by_mistake(agent, residence: str, level: int) -> str:
    """Enter a lasting stop of the lift at the wrong place; return the path of its page."""
    # Another test may have recorded one there.
    before = _disruptions_at(agent, residence)
    page = agent.go("/perturbations/nouvelle/")
    page.get_by_label("Chercher une adresse ou une résidence").press_sequentially(residence)
    page.locator("#place-results").get_by_text(residence).first.click()
    page.get_by_label("Quoi ?").select_option("Ascenseur")
    page.get_by_label("Totale ou durable").check()
    page.get_by_label("Depuis le").fill(_published_day().isoformat())
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(
        page.get_by_text(re.compile(rf"La résidence passerait du niveau\s{level} au niveau\s4"))
    ).to_be_visible()
    page.get_by_role("button", name="Enregistrer et changer le niveau").click()
    expect(page.get_by_text("Perturbation enregistrée")).to_be_visible()
    [made] = _disruptions_at(agent, residence) - before
    return made


def _disruptions_at(agent, residence: str) -> set[str]:
    page = agent.go("/perturbations/")
    expect(page.get_by_role("heading", name="Perturbations").first).to_be_visible()
    links = page.locator("tbody tr").filter(has_text=residence).locator("a[href^='/perturbations/']")
    return {f"/perturbations/{link.get_attribute('href').split('/')[2]}/" for link in links.all()}


def _see(lead, disruption: str) -> None:
    page = lead.go(disruption)
    page.get_by_role("button", name="Marquer comme vue").click()
    expect(page.get_by_text("1 perturbation marquée comme vue.")).to_be_visible()


def _publish(coordinator, residence: str) -> str:
    """Publish the levels of a day; return the path of the publication."""
    page = coordinator.go("/cellules/")
    page.get_by_role("link", name="Cellule tranquillité de Brumeval").first.click()
    page.get_by_role("link", name="Publier les niveaux").click()
    page.get_by_label("Niveaux au").fill(_published_day().isoformat())
    page.get_by_role("button", name="Voir ce qui sera publié").click()
    page.get_by_role("button", name="Publier à").click(timeout=40_000)
    page.get_by_role("dialog").get_by_role("button", name="Publier à").click()
    page.wait_for_url(re.compile(r"/publications/[\w-]{32}/$"), timeout=40_000)
    return page.url.removeprefix(coordinator.server)


def _row(page, residence: str):
    return page.locator("#ranking tbody tr").filter(has=page.get_by_role("link", name=residence, exact=True))


def _read(partner, publication: str, residence: str) -> None:
    page = partner.go(f"{publication}?par_page=tout")
    expect(_row(page, residence)).to_contain_text(WORST)


def _cancel(lead, disruption: str, level: int) -> None:
    page = lead.go(disruption)
    page.get_by_role("link", name="Annuler la perturbation").click()
    page.get_by_label("Motif").fill("Saisie à la mauvaise résidence")
    page.get_by_role("button", name="Annuler une perturbation").click()
    asked = page.get_by_role("button", name=re.compile("changer le niveau"))
    done = page.get_by_text("Perturbation annulée")
    expect(asked.or_(done)).to_be_visible()
    if asked.is_visible():
        asked.click()
    expect(done).to_contain_text(re.compile(rf"au niveau\s{level}"))


def _replace(coordinator, publication: str, residence: str, level: int) -> None:
    page = coordinator.go(publication)
    said = page.get_by_role("listitem").filter(has_text=residence)
    expect(said).to_have_text(f"{residence} : publié avec le niveau proposé 4, maintenant {level}")
    coordinator.check()
    page.get_by_role("button", name="Publier de nouveau ce jour et remplacer").click()
    page.get_by_role("dialog").get_by_role("button", name="Publier de nouveau ce jour et remplacer").click()
    page.wait_for_url(re.compile(r"/publications/[\w-]{32}/$"), timeout=40_000)
    expect(page.get_by_text("Remplace la publication du")).to_be_visible()
    coordinator.check()


def _is_told(partner, publication: str, residence: str, level: int) -> None:
    page = partner.go("/")
    told = page.get_by_role("region", name=re.compile("Ce qui a changé dans ce que vous aviez lu"))
    expect(told).to_be_visible()
    partner.check()
    told.get_by_role("link", name=re.compile("niveaux au")).first.click()
    expect(page.get_by_role("heading", name="Publication retirée")).to_be_visible()
    expect(page.get_by_text(residence)).to_have_count(0)
    expect(page.get_by_text(WORST)).to_have_count(0)
    partner.check()
    page.get_by_role("link", name=re.compile("Remplacée par la publication")).click()
    page.wait_for_url(lambda url: not url.endswith(publication))
    newer = page.url.removeprefix(partner.server)
    expect(_row(partner.go(f"{newer}?par_page=tout"), residence)).to_contain_text(
        re.compile(rf"Niveau\s{level}\b")
    )
    partner.go(publication).get_by_role("button", name="J’en ai pris connaissance").click()
    expect(partner.go("/").get_by_text("Ce qui a changé dans ce que vous aviez lu")).to_have_count(0)
    answer = partner.context.request.get(f"{partner.server}{publication}points/")
    assert answer.json() == {"points": [], "summary": ""}
