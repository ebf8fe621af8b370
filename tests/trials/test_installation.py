"""From an empty server to the first level, as a new operator and their first landlord do it; no demonstration.

Production settings, the processes of docker-compose.yml, a relay that asks for an account and TLS, and Chromium. The
commune is invented: no real place is ever given an incident.
"""

import datetime as dt
import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from tests import compose
from tests.trials.conftest import HOST, end, free_port, run, until
from tests.trials.relay import PASSWORD, UNKNOWN, USER, Relay, make_certificate

LIMIT_S = 600
_PATIENCE_MS = 60_000
expect.set_options(timeout=_PATIENCE_MS)
ADMIN, LEAD = "admin@exploitant.invalid", "lea@bailleur.invalid"
PHRASES = {ADMIN: "une phrase d’exploitant", LEAD: "une phrase de bailleur"}
STOCK = """Référence;Nom;Adresse;Code postal;Commune;Logements
E1;Résidence de l’Essai;1 rue du Banc;00990;Essai-sur-Banc;40
E2;Résidence du Calme;2 rue du Banc;00990;Essai-sur-Banc;20
"""

pytestmark = [pytest.mark.xdist_group("installation"), pytest.mark.browser]


@pytest.fixture(scope="module")
def certificate(folder) -> tuple[Path, Path]:
    return make_certificate(folder, HOST)


@pytest.fixture(scope="module")
def relay(certificate) -> Iterator[Relay]:
    relay = Relay(*certificate)
    relay.start()
    yield relay
    relay.stop()


@pytest.fixture(scope="module")
def settings_of(environment, certificate, relay) -> Callable[[str], dict[str, str]]:
    """What the operator wrote in .env, as each service finds it."""
    mail = {
        "EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(relay.port), "EMAIL_HOST_USER": USER,
        "EMAIL_HOST_PASSWORD": PASSWORD, "EMAIL_USE_TLS": "1", "DEFAULT_FROM_EMAIL": "Palier <palier@exploitant.invalid>",
    }  # fmt: skip

    def of(service: str) -> dict[str, str]:
        # Nothing stands before the web server here, which has the certificate itself; the relay's is known by it too.
        return environment(service, **mail) | {"SSL_CERT_FILE": str(certificate[0]), "TRUSTED_PROXIES": "0"}

    return of


@pytest.fixture(scope="module")
def started() -> float:
    """The moment at which the operator has installed what runs, and begins."""
    return time.monotonic()


@pytest.fixture(scope="module")
def address(started, settings_of, app, processes, certificate, postgres_uri) -> Iterator[str]:
    """The address of the product, on an empty database with the first administrator."""
    run(compose.services()["setup"]["command"], settings_of("setup"), app)
    _answer_create_admin(settings_of("web"), app)
    with psycopg.connect(postgres_uri.rpartition("/")[0] + "/palier") as connection:
        connection.execute(
            "INSERT INTO sites_commune (code, name, department, postcodes, former_codes, former_names)"
            " VALUES ('00990', 'Essai-sur-Banc', '00', '[\"00990\"]', '[]', '[]')"
        )
    port = free_port()
    secured = [
        "--bind",
        f"127.0.0.1:{port}",
        "--certfile",
        str(certificate[0]),
        "--keyfile",
        str(certificate[1]),
    ]
    local = {"web": secured, "worker": [], "importer": ["--hostname", "importer@%h"], "beat": []}
    serving = [
        processes([*compose.services()[service]["command"], *options], env=settings_of(service), cwd=app)
        for service, options in local.items()
    ]
    until(lambda: _is_open(port), "The web server answers")
    yield f"https://{HOST}:{port}"
    end(serving)


def _is_open(port: int) -> bool:
    with closing(socket.create_connection(("127.0.0.1", port), timeout=2)):
        return True


def _answer_create_admin(variables: dict[str, str], app: Path) -> None:
    """Answer what the command asks for at a terminal, which it is given no argument for: as docs/operation.md says."""
    command = ["script", "--quiet", "--return", "--command", "python manage.py create_admin", "/dev/null"]
    answers = {
        "E-mail address: ": ADMIN, "First and last name: ": "Ada Exploitante",
        "at least): ": PHRASES[ADMIN], "once more: ": PHRASES[ADMIN],
    }  # fmt: skip
    with subprocess.Popen(
        command,
        cwd=app,
        env=variables,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as asking:
        said = b""
        for question, answer in answers.items():
            # What is typed before a password is asked for is thrown away.
            while not said.endswith(question.encode()):
                more = os.read(asking.stdout.fileno(), 1000)
                assert more, said.decode()
                said += more
            asking.stdin.write(f"{answer}\n".encode())
            asking.stdin.flush()
        rest = asking.stdout.read().decode()
    assert (asking.returncode, f"{ADMIN} may log in" in rest) == (0, True), rest


@pytest.fixture(scope="module")
def chromium(browser_type, chromium_path) -> Iterator[Browser]:
    arguments = ["--disable-gpu", "--no-sandbox", f"--host-resolver-rules=MAP {HOST} 127.0.0.1"]
    browser = browser_type.launch(executable_path=str(chromium_path), args=arguments)
    yield browser
    browser.close()


@pytest.fixture
def window(chromium, address) -> Iterator[Callable[[], Page]]:
    """Return a function that opens the product for one more person."""
    contexts = []

    def open_one() -> Page:
        context = chromium.new_context(
            base_url=address, ignore_https_errors=True, locale="fr-FR", timezone_id="Europe/Paris",
            service_workers="block",
        )  # fmt: skip
        context.set_default_timeout(_PATIENCE_MS)
        contexts.append(context)
        return context.new_page()

    yield open_one
    for context in contexts:
        context.close()


def _log_in(page: Page, who: str) -> None:
    """Log in for the first time, which asks for a second factor: an application whose codes are worked out here."""
    page.goto("/connexion/")
    page.get_by_label("Adresse e-mail").fill(who)
    page.get_by_label("Mot de passe").fill(PHRASES[who])
    page.get_by_role("button", name="Se connecter").click()
    page.get_by_role("link", name="Une application de codes").click()
    secret = page.locator("#factor-secret").inner_text()
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    page.get_by_label("Code affiché par l’application").fill(code)
    page.get_by_role("button", name="Poser ce second facteur").click()
    page.get_by_role("link", name="Je les ai rangés").click()
    page.wait_for_url(lambda url: "/connexion/" not in url and "/compte/" not in url)


def _register(page: Page, landlord: str) -> None:
    page.goto("/organismes/nouveau/")
    page.get_by_label("Nom").fill(landlord)
    page.get_by_label("Nature").select_option(label="Bailleur social")
    page.locator("main form button[type=submit]").first.click()
    expect(page.get_by_text(landlord).first).to_be_visible()


def _invite(page: Page, email: str, name: str, landlord: str) -> None:
    """Propose the role of lead of a landlord that has none yet: where there is one, that one's word would come first."""
    page.goto("/comptes/inviter/")
    page.get_by_label("Adresse e-mail").fill(email)
    page.get_by_label("Prénom et nom").fill(name)
    page.get_by_label("Organisme").select_option(label=landlord)
    page.get_by_label("Rôle").select_option(label="Référent sûreté")
    page.get_by_role("button", name="Envoyer l’invitation").click()


def _import(page: Page, name: str, text: str) -> None:
    page.goto("/imports/nouveau/")
    file = {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
    page.locator("#id_file").set_input_files(file)
    page.get_by_role("button", name="Continuer").click()
    for button in ("Continuer", "Voir l’aperçu"):
        # A file whose titles say all goes straight to its preview.
        ready = page.get_by_text("rien n’est encore enregistré")
        step = page.get_by_role("button", name=button)
        expect(ready.or_(step).first).to_be_visible()
        if step.count():
            step.click()
    page.get_by_role("button", name="Importer", exact=True).click()
    expect(page.get_by_role("link", name="Télécharger le rapport")).to_be_visible()


def _open_a_landlord(window, relay: Relay) -> Page:
    """Log in as the administrator, try mail out, and invite the lead of a first landlord; return their page."""
    page = window()
    _log_in(page, ADMIN)
    page.goto("/installation/")
    page.get_by_role("button", name="Envoyer un essai à mon adresse").click()
    expect(page.get_by_text(f"Essai à {ADMIN} : remis au serveur de messagerie le")).to_be_visible()
    page.locator("li", has_text="Traitement des fichiers").get_by_role("button").click()
    expect(page.locator("li", has_text="Traitement des fichiers").get_by_text("Il répond.")).to_be_visible()
    _register(page, "Habitat de l’Essai")
    _invite(page, LEAD, "Léa Bailleur", "Habitat de l’Essai")
    expect(page.get_by_text("remis au serveur de messagerie le")).to_be_visible()
    # Whoever enrols a second factor is told of it as well.
    assert [message["To"] for message in relay.taken] == [ADMIN, ADMIN, LEAD]
    return page


def _read_a_first_level(window, relay: Relay) -> None:
    """Open the link of the invitation, choose a password, import a stock and facts, and read the levels."""
    page = window()
    page.goto(relay.link_to(LEAD))
    for field in page.locator("main input[type=password]").all():
        field.fill(PHRASES[LEAD])
    page.locator("main form button[type=submit]").first.click()
    _log_in(page, LEAD)
    _import(page, "patrimoine.csv", STOCK)
    today = timezone.localdate()
    rows = [f"F{n};Tapages, dont nocturnes;{today - dt.timedelta(3 * n)};22:30;E1" for n in range(1, 9)]
    _import(page, "faits.csv", "\n".join(["identifiant;nature;jour;heure;référence résidence", *rows]))
    page.goto("/residences/")
    # Of low gravity, on eight days of the last twenty-eight; and nothing at all.
    for name, level in (("Résidence de l’Essai", "Niveau 2"), ("Résidence du Calme", "Niveau 1")):
        expect(page.get_by_role("row").filter(has_text=name).get_by_text(level, exact=True)).to_be_visible()


def _see_what_does_not_arrive(page: Page, relay: Relay) -> None:
    """Invite an address that nobody has, then another while the relay is away, and again once it is back."""
    _register(page, "Logis du Relais")
    _invite(page, f"{UNKNOWN}@bailleur.invalid", "Ida Introuvable", "Logis du Relais")
    expect(page.get_by_text("le serveur de messagerie refuse l’adresse de cette personne")).to_be_visible()
    relay.stop()
    _invite(page, "absent@bailleur.invalid", "Aude Absente", "Logis du Relais")
    expect(
        page.get_by_text("échec : le serveur de messagerie ne répond pas ; nouvel essai le")
    ).to_be_visible()
    relay.start()
    page.get_by_role("button", name="Renvoyer l’invitation").click()
    expect(page.get_by_text("remis au serveur de messagerie le")).to_be_visible()
    assert [message["To"] for message in relay.taken] == [ADMIN, ADMIN, LEAD, LEAD, "absent@bailleur.invalid"]


def test_an_operator_has_a_landlord_read_levels_within_ten_minutes_and_sees_what_does_not_arrive(
    window, relay, started, record_property
):
    operator = _open_a_landlord(window, relay)
    _read_a_first_level(window, relay)
    seconds = time.monotonic() - started
    record_property("seconds to the first level", f"{seconds:.0f}")
    assert seconds < LIMIT_S
    _see_what_does_not_arrive(operator, relay)
