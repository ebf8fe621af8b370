"""Forms that a session cannot carry: it ended, another began, or their token is not its own."""

import json
import re
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from incidents.models import Incident
from tests.world import signed_in

NEW = reverse("incidents:create")
LOGIN = reverse("account_login")
NUMBER = "0123456789abcdef" * 2
SAID = '<script>alert(1)</script> & "deux"'
# What the browser says of a form that a page of this site sent, and that no other site can say.
OURS = {"Origin": "http://testserver"}
OTHERS = {"Origin": "https://ailleurs.example", "Sec-Fetch-Site": "cross-site"}


def _strict(person=None):
    client = Client(enforce_csrf_checks=True)
    if person:
        client.cookies = signed_in(person).cookies
    return client


def _fields(page) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.content.decode())
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def test_a_form_without_its_token_comes_back_as_typed_and_is_sent_again_in_one_click(world):
    client = _strict(world.a.agent)
    page = client.post(NEW, {"narrative": SAID, "day": "2026-11-20"}, headers=OURS)
    assert page.status_code == 403
    assert SAID not in page.content.decode()
    assert _fields(page) == {
        "narrative": "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;deux&quot;",
        "day": "2026-11-20",
    }
    assert page.headers["Cache-Control"] == "no-store"
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())[1]
    again = client.post(NEW, {"csrfmiddlewaretoken": token, "narrative": "x"}, headers=OURS)
    assert again.status_code == 422


@pytest.mark.parametrize("headers", [OTHERS, {}, {"Origin": "null"}])
@pytest.mark.parametrize("known", [True, False])
def test_nothing_that_another_site_sent_is_given_back(headers, known, world):
    page = _strict(world.a.agent if known else None).post(NEW, {"narrative": "Texte piégé"}, headers=headers)
    text = page.content.decode()
    assert page.status_code == 403
    assert ("<form" in text, "Texte piégé" in text, "csrfmiddlewaretoken" in text) == (False, False, False)


def test_a_form_with_a_password_is_opened_anew(world):
    page = _strict().post(LOGIN, {"login": world.a.agent.email, "password": "Secret-123456"}, headers=OURS)
    text = page.content.decode()
    assert page.status_code == 403
    assert ("Secret-123456" in text, world.a.agent.email in text, f'href="{LOGIN}"' in text) == (
        False,
        False,
        True,
    )


@pytest.mark.parametrize(
    ("path", "accept"),
    [(NEW, "application/json"), (NEW, "application/problem+json"), ("/session/", "application/json")],
)
def test_a_program_is_told_in_its_own_words(path, accept, world):
    answer = _strict(world.a.agent).post(path, {"narrative": SAID}, headers={**OURS, "Accept": accept})
    told = json.loads(answer.content)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.status_code, told["status"], told["title"]) == (403, 403, "Forbidden")
    assert SAID not in answer.content.decode()


def test_a_session_that_ended_gives_back_what_was_typed(db, client):
    page = client.post(NEW, {"narrative": "Porte forcée", "opened-by": "7"}, headers=OURS)
    assert page.status_code == 403
    assert _fields(page) == {"narrative": "Porte forcée", "opened-by": "7"}
    assert "Votre session a pris fin" in page.content.decode()


def test_a_form_that_does_not_say_who_opened_it_says_in_whose_name_it_goes(world, client):
    said = {"narrative": "Porte forcée"}
    for page, name in (
        (client.post(NEW, said, headers=OURS), ""),
        (_strict(world.a.agent).post(NEW, said, headers=OURS), world.a.agent.full_name),
    ):
        text = page.content.decode()
        assert ("data-nobodys" in text, f"<strong data-name>{name}</strong>" in text) == (True, True)
    page = _strict(world.a.agent).post(NEW, said | {"opened-by": str(world.a.agent.pk)}, headers=OURS)
    assert "data-nobodys" not in page.content.decode()


def test_what_the_device_keeps_comes_back_after_the_login_on_the_page_it_was_typed_on(db, client):
    sent = {"narrative": "Porte forcée", "draft": f"{NUMBER}.kept"}
    headers = {**OURS, "Referer": "http://testserver/faits/nouveau/?lieu=a1"}
    answer = client.post(NEW, sent, headers=headers)
    assert (answer.status_code, urlsplit(answer.url).path) == (302, LOGIN)
    assert "next=/faits/nouveau/%3Flieu%3Da1" in answer.url
    # A draft that found no room on the device is in the form alone.
    assert client.post(NEW, sent | {"draft": NUMBER}, headers=headers).status_code == 403


def test_the_way_back_after_the_login_never_leads_elsewhere(db, client):
    headers = {**OURS, "Referer": "https://ailleurs.example/piege"}
    answer = client.post(NEW, {"draft": f"{NUMBER}.kept"}, headers=headers)
    assert answer.url == f"{LOGIN}?next={NEW}"


def test_a_form_that_another_account_opened_is_refused_and_nothing_of_it_shown(world):
    lead = signed_in(world.a.lead)
    before = (Incident.objects.count(), AuditEntry.objects.count())
    sent = {"narrative": "Porte forcée", "opened-by": str(world.a.agent.pk)}
    for client in (lead, _strict(world.a.lead)):
        page = client.post(NEW, sent, headers=OURS)
        assert page.status_code == 409
        assert "Porte forcée" not in page.content.decode()
        assert _fields(page) == {}
    assert (Incident.objects.count(), AuditEntry.objects.count()) == before
    assert lead.post(NEW, sent | {"opened-by": str(world.a.lead.pk)}).status_code == 422


def test_a_page_learns_who_is_logged_in_and_the_token_of_that_session(world, client):
    assert client.get("/session/").json()["person"] == ""
    known = _strict(world.a.agent)
    told = known.get("/session/").json()
    assert (told["person"], told["name"]) == (str(world.a.agent.pk), world.a.agent.full_name)
    assert known.post(NEW, {"csrfmiddlewaretoken": told["token"]}, headers=OURS).status_code == 422
