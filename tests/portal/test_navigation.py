"""The navigation marks the entry that a page belongs to."""

import re

import pytest
from django.urls import reverse


def _marked(page) -> list[str]:
    """Return the addresses of the marked entries of the navigation."""
    menu = re.search(r'<ul class="shell-nav">(.*?)</ul>', page.text, re.DOTALL)
    return re.findall(r'href="([^"]+)" aria-current="page"', menu[1])


@pytest.mark.parametrize(
    ("role", "page", "entry"),
    [
        ("lead", "incidents:list", "incidents:list"),
        ("lead", "incidents:create", "incidents:create"),
        ("lead", "incidents:disruptions", "incidents:list"),
        ("agent", "incidents:create_observation", "incidents:list"),
        ("coordinator", "partners:publications", "partners:circles"),
        ("lead", "partners:publications", None),
    ],
)
def test_a_page_marks_the_entry_that_it_belongs_to(world, sign_in, role, page, entry):
    shown = sign_in(getattr(world.a, role)).get(reverse(page))
    assert _marked(shown) == ([reverse(entry)] if entry else [])


def test_a_page_of_the_menu_under_the_name_marks_no_entry_of_the_navigation(world, sign_in):
    client = sign_in(world.admin)
    assert _marked(client.get(reverse("accounts:mails"))) == []
    assert _marked(client.get(reverse("accounts:invite"))) == [reverse("accounts:users")]
