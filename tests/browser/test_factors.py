"""Second factors in a browser: from an invitation to a note's copy with codes, and a login with a passkey."""

import re
import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from accounts.enums import Role
from demo.accounts import ENROLLING

ADDRESS, PASSWORD = "conviee@exemple.invalid", "une longue phrase à moi"
_KEY = {
    "protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True,
    "hasResidentKey": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def test_from_an_invitation_to_a_notes_copy_with_a_code(visitor):
    link = _invite(visitor(Role.ADMIN))
    invited = visitor()
    page = _choose_a_password(invited, link)
    secret, used = _enrol(invited, page)
    _give_a_mandate(visitor(Role.COORDINATOR))
    _agree(invited)
    _download_the_copy(invited)
    page.get_by_text("Nadia Conviée").first.click()
    page.get_by_role("button", name="Se déconnecter").first.click()
    expect(page.get_by_label("Mot de passe")).to_be_visible()
    _log_in(page)
    expect(page.get_by_role("heading", name="Second facteur")).to_be_visible()
    invited.check()
    page.get_by_label("Code").fill(_code(secret, after=used))
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("heading", name="Second facteur")).to_have_count(0)
    _download_the_copy(invited)


def test_a_passkey_is_made_and_logs_in(visitor):
    lead = visitor()
    # A passkey belongs to a name, and an address made of numbers is none.
    lead.server = lead.server.replace("127.0.0.1", "localhost")
    page = lead.page
    keys = lead.context.new_cdp_session(page)
    keys.send("WebAuthn.enable")
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": _KEY})
    lead.go("/connexion/")
    page.get_by_role("button", name=ENROLLING.full_name).click()
    expect(page.get_by_role("heading", name="Poser un second facteur")).to_be_visible()
    page.get_by_role("link", name="Une clé d’accès").click()
    expect(page.get_by_role("heading", name="Une clé d’accès")).to_be_visible()
    lead.check()
    page.get_by_label("Nom de cette clé").fill("Téléphone de service")
    page.get_by_role("button", name="Créer la clé").click()
    expect(page.get_by_role("heading", name="Codes de secours")).to_be_visible()
    lead.check()
    page.get_by_role("link", name="Je les ai rangés").click()
    expect(page.get_by_role("heading", name="Second facteur")).to_have_count(0)
    page = lead.go("/compte/securite/")
    expect(page.get_by_text("Téléphone de service").first).to_be_visible()
    lead.check()
    lead.context.clear_cookies()
    lead.go("/connexion/")
    page.get_by_role("button", name=ENROLLING.full_name).click()
    expect(page.get_by_role("heading", name="Second facteur")).to_be_visible()
    page.get_by_role("button", name="Utiliser ma clé d’accès").click()
    expect(page.get_by_text("Ce qui vous attend").first).to_be_visible()


def _invite(admin) -> str:
    page = admin.go("/comptes/inviter/")
    page.get_by_label("Adresse e-mail").fill(ADDRESS)
    page.get_by_label("Prénom et nom").fill("Nadia Conviée")
    page.get_by_label("Organisme").select_option(label="Commissariat de Brumeval")
    page.get_by_label("Rôle").select_option(label="Partenaire")
    page.get_by_role("button", name="Envoyer l’invitation").click()
    page.get_by_role("button", name="Afficher le lien à copier").click()
    page.get_by_role("dialog").get_by_role("button").last.click()
    link = page.get_by_label("Lien", exact=True)
    expect(link).not_to_have_value("")
    return link.input_value()


def _choose_a_password(invited, link: str) -> Page:
    page = invited.page
    page.goto(link)
    for field in ("password1", "password2"):
        page.locator(f"#id_{field}").fill(PASSWORD)
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_role("link", name="Se connecter").click()
    _log_in(page)
    return page


def _log_in(page: Page) -> None:
    page.get_by_label("Adresse e-mail").fill(ADDRESS)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()


def _enrol(invited, page: Page) -> tuple[str, int]:
    """Enrol an application; return its secret, and the step of time whose code was used."""
    expect(page.get_by_role("heading", name="Poser un second facteur")).to_be_visible()
    invited.check()
    page.get_by_role("link", name="Une application de codes").click()
    expect(page.locator("#factor-secret")).to_be_visible()
    secret = page.locator("#factor-secret").inner_text()
    invited.check()
    used = int(time.time()) // 30
    page.get_by_label("Code affiché par l’application").fill(_code(secret, after=used - 1))
    page.get_by_role("button", name="Poser ce second facteur").click()
    expect(page.locator(".factor-codes li")).to_have_count(10)
    page.get_by_role("link", name="Je les ai rangés").click()
    return secret, used


def _code(secret: str, *, after: int) -> str:
    """Return a code that has not served: that of the present step, or of the next one, which is accepted too."""
    return format_hotp_value(hotp_value(secret, max(after + 1, int(time.time()) // 30)))


def _give_a_mandate(coordinator) -> None:
    page = coordinator.go("/cellules/")
    page.get_by_role("link", name="Cellule tranquillité de Brumeval").first.click()
    page.locator("main a[href$='/habilitations/nouvelle/']").first.click()
    page.get_by_label("Adresse e-mail").fill(ADDRESS)
    page.get_by_label("Nom et fonction").fill("Commissaire, Brumeval")
    page.get_by_label("Organisme").select_option(label="Commissariat de Brumeval (Police nationale)")
    page.get_by_role("button", name="Inviter").click()
    expect(page.get_by_text(re.compile("est en route")).first).to_be_visible()


def _agree(invited) -> None:
    """Accept the mandate that was proposed, and the charter of its territory."""
    page = invited.go("/comptes/propositions/")
    page.get_by_role("button", name=re.compile("Accepter")).first.click()
    expect(page.get_by_role("button", name=re.compile("Accepter"))).to_have_count(0)
    page = invited.go("/cellules/")
    page.get_by_role("link", name=re.compile("Lire et accepter")).first.click()
    page.get_by_role("button", name="J’ai lu la charte et je l’accepte").click()
    expect(page.get_by_text("Vous avez accepté la charte")).to_be_visible()


def _download_the_copy(invited) -> None:
    page = invited.go("/notes/")
    with page.expect_download() as waiting:
        page.get_by_role("link", name=re.compile("PDF")).first.click()
    assert waiting.value.path().read_bytes().startswith(b"%PDF-")
