"""What ties the drafts of a device to an account, and ends them when their form is accepted."""

import base64
import re
import uuid

from django.urls import reverse

from portal.drafts import draft_key
from tests.access import MATRIX
from tests.world import signed_in

NUMBER = "0123456789abcdef" * 2
OTHER = "fedcba9876543210" * 2
NEW = reverse("incidents:create")
KEPT = reverse("incidents:kept")


def _told(page, name):
    return re.search(rf'data-{name}="([^"]*)"', page.content.decode())[1]


def _reason(world):
    return reverse("incidents:cancel", args=[world.a.incidents[0].pk])


def _fact(world):
    return MATRIX["incidents:create"]["data"](world)


def test_each_account_has_a_key_of_its_own_and_keeps_it_in_its_next_session(world):
    keys = [
        _told(signed_in(who).get(NEW), "draft-key") for who in (world.a.agent, world.a.agent, world.a.lead)
    ]
    assert keys[0] == keys[1] == draft_key(world.a.agent.pk) != keys[2]
    assert len(base64.b64decode(keys[0])) == 32


def test_no_key_goes_where_it_would_be_stored_or_where_nobody_is_logged_in(world, client):
    agent = signed_in(world.a.agent)
    assert _told(agent.get(KEPT), "draft-key") == ""
    key = draft_key(world.a.agent.pk)
    for page in (client.get("/connexion/"), agent.get("/hors-ligne/"), agent.get("/hors-ligne.js")):
        assert key not in page.content.decode()


def test_an_accepted_form_ends_its_draft_on_the_next_page_once(world):
    lead = signed_in(world.a.lead)
    answer = lead.post(NEW, _fact(world) | {"draft": f"{NUMBER}.kept"})
    assert answer.status_code == 302
    cookie = answer.cookies["palier-sent"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == (NUMBER, True, "Lax")
    # What the phone keeps is told nothing, and takes nothing from the next page.
    assert _told(lead.get(KEPT), "drafts-sent") == ""
    assert _told(lead.get(NEW), "drafts-sent") == NUMBER
    assert _told(lead.get(NEW), "drafts-sent") == ""


def test_a_refused_form_keeps_its_draft_and_says_which_it_is(world):
    lead = signed_in(world.a.lead)
    page = lead.post(_reason(world), {"reason": "", "draft": NUMBER})
    assert page.status_code == 422
    assert _told(page, "draft-answered") == NUMBER
    assert "palier-sent" not in page.cookies
    assert _told(lead.get(NEW), "draft-answered") == ""


def test_two_forms_accepted_in_a_row_both_end_their_drafts(world):
    lead = signed_in(world.a.lead)
    for number in (NUMBER, OTHER):
        sent = _fact(world) | {"token": str(uuid.uuid4()), "draft": number}
        assert lead.post(NEW, sent).status_code == 302
    assert _told(lead.get(NEW), "drafts-sent") == f"{NUMBER}.{OTHER}"


def test_only_the_number_of_a_draft_is_ever_given_back(world):
    lead = signed_in(world.a.lead)
    page = lead.post(_reason(world), {"reason": "", "draft": '"><script>'})
    assert _told(page, "draft-answered") == ""
    lead.cookies["palier-sent"] = f'x"><b>.{NUMBER}'
    assert _told(lead.get(NEW), "drafts-sent") == NUMBER
