"""Every role's pages: no error, no violation of the policy, nobody else's server, accessible."""

import pytest

from accounts.enums import Role
from config.demo_accounts import DEMO_ACCOUNTS

PAGES = {
    Role.AGENT: ["/faits/nouveau/", "/faits/", "/residences/", "/carte/"],
    Role.LEAD: [
        "/residences/",
        "/comptes/",
        "/comptes/inviter/",
        "/conventions/",
        "/journal/",
        "/publications/",
    ],
    Role.COORDINATOR: ["/carte/", "/residences/", "/cellules/", "/notes/", "/methode/"],
    Role.PARTNER: ["/cellules/", "/publications/", "/notes/"],
    Role.ADMIN: ["/comptes/", "/comptes/inviter/", "/organismes/", "/territoires/", "/conventions/nouvelle/"],
    Role.DPO: ["/journal/"],
}


@pytest.mark.parametrize("role", PAGES)
def test_pages_of_a_role(role, visitor):
    person = visitor(role)
    person.check()
    for path in PAGES[role]:
        person.go(path)


@pytest.mark.parametrize("role", PAGES)
def test_no_page_is_wider_than_a_small_phone(role, visitor):
    person = visitor(role, viewport={"width": 320, "height": 640}, color_scheme="dark")
    for path in PAGES[role]:
        page = person.go(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path


def test_the_login_page_lists_the_demonstrations_accounts(visitor):
    person = visitor(viewport={"width": 320, "height": 640})
    page = person.go("/connexion/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.locator(".demo-account").count() == len(DEMO_ACCOUNTS)
    assert page.get_by_text("fictifs").is_visible()
