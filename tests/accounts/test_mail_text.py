"""What stands in a mail: who invites, to what, for how long; and nothing that a name could do."""

import re
from urllib.parse import urlsplit

import pytest
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from accounts.enums import MailKind, Role
from accounts.mail.composing import compose, plain
from accounts.models import Mail, Organisation, User
from accounts.scope import system_scope
from tests import factories as f

SITE = "https://palier.example"
HOSTILE = [
    "Ada\r\nBcc: cible@exemple.invalid\r\n\r\nCliquez",
    "<b>Ada</b><img src=https://piege.example/x.png>",
    "Ada www.piege.example/facture",
    "https://piege.example:8443",
    "cible@piege.example",
    "\u202eada\u2028\x00Bcc: x",
    "{{ url }}{% now 'Y' %}",
    "A" * 5000,
]


def _composed(
    kind=MailKind.INVITATION, name="Ada", organisation="Habitat", **about
) -> EmailMultiAlternatives:
    with system_scope("seeding"):
        ada = f.UserFactory(email="ada@exemple.invalid", language=about.pop("language", "fr"))
    # As no form lets it be stored.
    ada.full_name = name
    landlord = Organisation(pk=8, name=organisation, kind="landlord")
    mail = Mail(user=ada, kind=kind, **about)
    if kind == MailKind.INVITATION:
        mail.organisation = mail.inviting = landlord
        mail.asked_by = User(pk=9, full_name=name)
        mail.role = mail.role or Role.AGENT
    return compose(mail, SITE)


def _parts(message) -> list[str]:
    return [message.body, message.alternatives[0].content]


def test_an_invitation_names_who_invites_to_what_and_for_how_long(db):
    with system_scope("seeding"):
        landlord = f.OrganisationFactory(name="Habitat des Prés")
        lead, agent = f.UserFactory(full_name="Léa Dupont"), f.UserFactory(full_name="Ada Martin")
    mail = Mail(
        user=agent, kind=MailKind.INVITATION, asked_by=lead, organisation=landlord, inviting=landlord,
        role=Role.AGENT,
    )  # fmt: skip
    message = compose(mail, SITE)
    assert message.subject == "Votre accès à Palier – Habitat des Prés"
    for part in _parts(message):
        said = [
            "Bonjour Ada Martin,", "Léa Dupont (Habitat des Prés) vous invite", "Agent de proximité",
            "enregistrer les faits constatés dans vos résidences", "Ce lien vaut 7 jours, jusqu’au ",
            f"{SITE}/mot-de-passe/choisir/",
        ]  # fmt: skip
        assert [words for words in said if words not in part] == []


@pytest.mark.parametrize("kind", MailKind)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_mail_fetches_nothing_and_leads_nowhere_but_to_us(db, kind, language):
    text, page = _parts(_composed(kind, purpose="Tranquillité", language=language))
    addresses = re.findall(r"https?://[^\s\"'<>]+", f"{text} {page}")
    assert {urlsplit(address).netloc for address in addresses} == {"palier.example"}
    assert re.findall(r"<(?:img|link|script|iframe|object|form|input)\b|url\(|@import|\bsrc=", page) == []
    assert len(set(re.findall(r'href="([^"]+)"', page))) == (0 if kind == MailKind.TRIAL else 1)


def test_a_forgotten_password_says_that_nothing_changes_by_itself(db):
    for part in _parts(_composed(MailKind.PASSWORD)):
        assert "votre mot de passe ne change pas" in part
        assert "Ce lien vaut 7 jours" in part


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_name_breaks_no_header_no_markup_and_makes_no_link(db, name):
    message = _composed(name=name, organisation=name, purpose=name)
    sent = message.message()
    assert [(key, value) for key, value in sent.items() if key.lower() in {"bcc", "cc"}] == []
    assert (sent["To"], message.recipients()) == ("ada@exemple.invalid", ["ada@exemple.invalid"])
    assert "\n" not in message.subject
    text, page = _parts(message)
    assert re.findall(r"\b(?:www\.\S|piege\.example|\S+@\S+)", text) == []
    assert re.findall(r"<(?:b|img)\b|href=\"(?!https://palier\.example)", page) == []
    assert (f"{timezone.now():%Y}{{" in text, "{% now" in text) == (False, "now" in name)
    assert len(text) < 2500


def test_a_name_in_a_mail_stays_what_it_is():
    names = ["Zoé d’Arc-Lœuil", "J. P. Martin", "Police nationale", "Vilogia – Agence 3", "Ōta 太田"]
    assert [plain(name) for name in names] == names
    assert plain(None) == ""
