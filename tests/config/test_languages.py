import datetime as dt
import os
import re
import shutil
import subprocess
import sys
from collections import Counter

import pytest
from babel.messages.pofile import read_po
from django.template import Context, Template
from django.urls import reverse
from django.utils.translation import ngettext, override

from accounts.journal.reading import author
from accounts.mail.services import send_invitation
from accounts.models import AuditEntry, User
from accounts.scope import acting_as, system_scope
from config.database import ROOT
from incidents.enums import PlaceKind

CATALOG = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
FRENCH_PLURALS = ROOT / "locale" / "fr" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")
FRENCH = re.compile(
    r"\b(enregistrer|enregistré|résidences?|faits?|niveaux?|cellules?|adresses?|bailleurs?|aucune?|exporter|"
    r"depuis|territoires?|comptes?|organismes?|habilit\w+|filtrer|déconnecter|référent|utilis\w+|jours?|"
    r"aujourd[’']hui|janvier|février|avril|juillet|août|septembre|octobre|novembre|décembre)\b",
    re.IGNORECASE,
)


def read(path, locale="en"):
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def entries(catalog):
    """Each entry but the header, as (source forms, English forms, fuzzy)."""
    for message in catalog:
        if message.id:
            forms = (message.id,) if isinstance(message.id, str) else tuple(message.id)
            english = (message.string,) if isinstance(message.string, str) else tuple(message.string)
            yield forms, english, message.fuzzy


def test_every_text_has_its_english():
    catalog = read(CATALOG)
    wrong = [
        forms for forms, english, fuzzy in entries(catalog)
        if fuzzy or len(english) != len(forms) or not all(text.strip() for text in english)
    ]  # fmt: skip
    assert (wrong, list(catalog.obsolete)) == ([], [])


def test_the_english_says_what_the_french_says_where_it_is_filled_in():
    def places(text):
        return Counter(PLACEHOLDER.findall(text)), text.startswith("\n"), text.endswith("\n")

    wrong = [
        (source, text)
        for forms, english, _ in entries(read(CATALOG))
        for source, text in zip(forms, english, strict=True)
        if places(source) != places(text)
    ]
    assert wrong == []


def test_in_french_zero_takes_the_singular_of_every_text_that_counts():
    counted = {forms for forms, *_ in entries(read(CATALOG)) if len(forms) > 1}
    listed = {forms: said for forms, said, _ in entries(read(FRENCH_PLURALS, "fr"))}
    assert listed == {forms: forms for forms in counted}
    with override("fr"):
        said = {forms: tuple(ngettext(*forms, n) for n in (0, 1, 2)) for forms in counted}
    assert said == {(one, many): (one, one, many) for one, many in counted}


@pytest.mark.skipif(
    not (shutil.which("xgettext") or os.environ.get("CI")), reason="needs gettext (xgettext), as in .ci/run"
)
def test_the_catalog_is_that_of_the_sources(tmp_path):
    tracked = (
        "accounts",
        "sites",
        "incidents",
        "classification",
        "partners",
        "portal",
        "config",
        "demo",
        "core",
        "templates",
        "locale",
    )
    for name in tracked:
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("manage.py", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "--locale", "en", "--no-location", "--no-wrap"],
        cwd=tmp_path, env=os.environ | {"DATABASE_URL": "postgresql:///none"}, check=True, capture_output=True,
    )  # fmt: skip
    fresh = read(tmp_path / CATALOG.relative_to(ROOT))
    assert {forms for forms, *_ in entries(fresh)} == {forms for forms, *_ in entries(read(CATALOG))}


def choose(client, language, back="/"):
    return client.post(reverse("accounts:language"), {"language": language, "next": back})


def language_of(user):
    with system_scope("seeding"):
        return User.objects.get(pk=user.pk).language


def test_the_choice_changes_the_pages_and_is_kept(world, sign_in):
    lead = sign_in(world.a.lead)
    page = reverse("classification:residences")
    before = lead.get(page, headers={"accept-language": "en"}).content.decode()
    answer = choose(lead, "en", f"{page}?page=1")
    after = sign_in(world.a.lead).get(page, headers={"accept-language": "fr"}).content.decode()
    assert (answer.status_code, answer["Location"], language_of(world.a.lead)) == (
        302,
        f"{page}?page=1",
        "en",
    )
    assert ('<html lang="fr">' in before, "Se déconnecter" in before) == (True, True)
    assert ('<html lang="en-GB">' in after, "Log out" in after, "Se déconnecter" in after) == (
        True,
        True,
        False,
    )


@pytest.mark.parametrize("away", ["https://example.org/", "//example.org", "javascript:alert(1)", ""])
def test_the_choice_never_leads_elsewhere(away, world, sign_in):
    assert choose(sign_in(world.a.lead), "en", away)["Location"] == reverse("home")


def test_a_language_that_is_not_spoken_changes_nothing(world, sign_in):
    assert (choose(sign_in(world.a.lead), "de").status_code, language_of(world.a.lead)) == (400, "fr")


@pytest.mark.parametrize(
    ("asked", "spoken"), [("en-US,en;q=0.9", "en-GB"), ("de,en;q=0.5", "en-GB"), ("de", "fr"), ("", "fr")]
)
def test_somebody_not_logged_in_is_answered_as_the_browser_asks(asked, spoken, client, db):
    page = client.get(reverse("account_login"), headers={"accept-language": asked}).content.decode()
    assert f'<html lang="{spoken}">' in page


def test_an_invitation_is_written_in_the_language_of_the_person(
    world, mailoutbox, django_capture_on_commit_callbacks
):
    with system_scope("seeding"):
        User.objects.filter(pk=world.stranger.pk).update(language="en")
    with django_capture_on_commit_callbacks(execute=True), acting_as(world.admin) as scope:
        for user in (world.stranger, world.a.agent):
            send_invitation(scope, user=user, site_url="https://palier.example")
    assert [mail.subject for mail in mailoutbox] == ["Your access to Palier", "Votre accès à Palier"]
    assert ["Choose your password" in mail.body for mail in mailoutbox] == [True, False]


def test_the_name_of_the_product_is_not_that_of_a_place():
    with override("en"):
        said = (author(AuditEntry(system="evaluation", actor_name=""), {}), str(PlaceKind.LANDING.label))
    assert said == ("Palier", "Landing")


PAGES = {
    "lead": [
        "classification:residences", "classification:map", "classification:grid", "incidents:list",
        "incidents:create", "incidents:observations", "incidents:disruptions", "incidents:create_observation",
        "incidents:create_disruption", "sites:imports", "sites:agreements", "accounts:users",
        "accounts:invite", "accounts:tokens", "accounts:journal", "account_change_password",
    ],
    "coordinator": ["partners:circles", "partners:notes", "partners:publications", "classification:residences"],
    "partner": ["partners:circles", "partners:notes"],
    "admin": ["accounts:organisations", "accounts:users"],
}  # fmt: skip


def words_of(response):
    """What a person reads, without the names that the planted world gives in French."""
    html = re.sub(r"<(script|style)\b.*?</\1>|<!--.*?-->", " ", response.content.decode(), flags=re.DOTALL)
    shown = re.findall(r'(?:aria-label|placeholder|title|alt|data-label)="([^"]*)"', html)
    text = re.sub(r"<[^>]*>", " ", html) + " ".join(shown)
    return re.sub(
        r"(Résidence|Bailleur|Cellule|Agent|Référent|Récit secret) [ABCD]\b|Français|\bfait AB\b", "", text
    )


@pytest.mark.parametrize("role", PAGES)
def test_pages_in_english_have_no_french(role, world, sign_in):
    person = world.admin if role == "admin" else getattr(world.a, role)
    client = sign_in(person)
    choose(client, "en")
    pages = {name: client.get(reverse(name)) for name in PAGES[role]}
    french = {name: FRENCH.findall(words_of(page)) for name, page in pages.items()}
    assert {name: page.status_code for name, page in pages.items()} == dict.fromkeys(pages, 200)
    assert {name: words for name, words in french.items() if words} == {}


def test_the_page_of_a_residence_explains_itself_in_english(world, sign_in):
    lead = sign_in(world.a.lead)
    choose(lead, "en")
    response = lead.get(reverse("classification:residence", args=[world.a.residence.pk]))
    text = words_of(response)
    assert ("Why this level" in text, "Petty dealing" in text, FRENCH.findall(text)) == (True, True, [])


@pytest.mark.parametrize(
    ("language", "number", "day"), [("fr", "1\xa0250", "05/03/2026"), ("en", "1,250", "5 Mar 2026")]
)
def test_numbers_and_dates_are_written_as_in_the_language(language, number, day):
    source = "{% load humanize %}{{ n|intcomma }} {{ n }} {{ day|date:'SHORT_DATE_FORMAT' }}"
    with override(language):
        shown = Template(source).render(Context({"n": 1250, "day": dt.date(2026, 3, 5)}))
    assert shown == f"{number} {number} {day}"
