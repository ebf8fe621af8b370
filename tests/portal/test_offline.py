"""What a device is given to open the product without a network, and to install it."""

import json
import re
from io import BytesIO

import pytest
from django.contrib import messages
from django.test import RequestFactory
from django.urls import reverse
from PIL import Image, ImageChops

from accounts.enums import Role
from tests.icons import FOLDER, ICONS, drawn
from tests.world import signed_in

NEW = reverse("incidents:create")
KEPT = reverse("incidents:kept")


def _manifest(client):
    answer = client.get(reverse("manifest"))
    assert answer.headers["Content-Type"] == "application/manifest+json"
    return json.loads(answer.content)


def test_the_product_is_installed_from_its_first_page(db, client):
    told = _manifest(client)
    assert (told["start_url"], told["scope"], told["display"], told["lang"]) == ("/", "/", "standalone", "fr")
    assert {(icon["sizes"], icon["purpose"]) for icon in told["icons"]} == {
        (size, purpose) for size in ("192x192", "512x512") for purpose in ("any", "maskable")
    }


@pytest.mark.parametrize("path", ["/", "/connexion/", "/accessibilite/"])
def test_every_page_names_the_manifest_the_icon_and_the_worker(path, client, world, sign_in):
    for visitor in (client, sign_in(world.people[Role.PARTNER])):
        text = visitor.get(path, follow=True).content.decode()
        assert '<link rel="manifest" href="/palier.webmanifest">' in text
        assert re.search(r'<link rel="apple-touch-icon" href="/static/icons/apple-180[^"]*\.png">', text)
        assert 'data-worker="/hors-ligne.js"' in text


@pytest.mark.parametrize("name", ICONS)
def test_an_icon_is_the_mark_in_its_size(name):
    kept, fresh = Image.open(FOLDER / name), Image.open(BytesIO(drawn(name)))
    size, masked = ICONS[name]
    assert kept.size == (size, size)
    # Another version of what draws may round an edge otherwise.
    apart = ImageChops.difference(kept.convert("RGBA"), fresh.convert("RGBA"))
    assert max(most for _least, most in apart.getextrema()) < 16
    corner = kept.convert("RGBA").getpixel((0, 0))
    assert corner == ((0x25, 0x40, 0x8F, 255) if masked else (0, 0, 0, 0))


def test_the_form_that_a_phone_keeps_holds_no_message_and_leaves_it_to_the_next_page(world):
    agent = signed_in(world.a.agent)
    request = RequestFactory().get("/")
    request.session = agent.session
    storage = messages.storage.default_storage(request)
    storage.add(messages.INFO, "Le niveau passe de 2 à 4")
    storage.update(agent.get(KEPT))
    request.session.save()
    assert "Le niveau passe" not in agent.get(KEPT).content.decode()
    assert "Le niveau passe" in agent.get(NEW).content.decode()


def test_the_form_that_a_phone_keeps_is_the_form_itself_and_says_whose_it_is(world):
    agent = signed_in(world.a.agent)
    page = agent.get(KEPT)
    text = page.content.decode()
    assert f'action="{NEW}"' in text
    assert f"au nom de {world.a.agent.full_name}" in text
    shown = [choice.key for choice in page.context["form"].place_choices]
    assert shown == [choice.key for choice in agent.get(NEW).context["form"].place_choices]


def test_the_page_without_network_is_nobodys(world, client):
    mine = signed_in(world.a.lead).get(reverse("offline")).content.decode()
    assert mine == client.get(reverse("offline")).content.decode()


def test_the_worker_keeps_the_page_that_says_so_and_what_it_consists_of(db, client):
    text = client.get(reverse("worker")).content.decode()
    parts = re.search(r'PARTS = "([^"]+)"', text)[1].split()
    page = client.get(reverse("offline")).content.decode()
    needed = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page))
    assert needed - set(parts) == {part for part in needed if "icons/" in part}
    assert re.search(r'FORM = "([^"]+)"', text)[1] == KEPT
