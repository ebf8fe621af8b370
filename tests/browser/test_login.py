"""The way in."""

from config.demo_accounts import DEMO_ACCOUNTS


def test_the_login_page_lists_the_demonstrations_accounts(visitor):
    page = visitor(viewport={"width": 320, "height": 640}).go("/connexion/")
    assert page.locator(".demo-account").count() == len(DEMO_ACCOUNTS)
    assert page.get_by_text("fictifs").is_visible()
