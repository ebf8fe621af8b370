"""Test the login in a browser."""

from demo.accounts import LISTED


def test_the_login_page_lists_the_demonstrations_accounts(visitor):
    page = visitor(viewport={"width": 320, "height": 640}).go("/connexion/")
    assert page.locator(".demo-account").count() == len(LISTED)
    assert page.get_by_text("fictifs").is_visible()


def test_a_wrong_password_is_said_where_it_is_seen_at_once(visitor):
    stranger = visitor(viewport={"width": 390, "height": 844})
    page = stranger.go("/connexion/")
    page.get_by_label("Adresse e-mail").fill("personne@demonstration.invalid")
    page.get_by_label("Mot de passe").fill("ce n’est pas lui")
    page.get_by_role("button", name="Se connecter").click()
    error = page.locator(".alert").get_by_text("incorrects")
    error.wait_for()
    page.evaluate("scrollTo(0, 0)")
    box = error.bounding_box()
    assert box["y"] + box["height"] <= 844 / 2
    stranger.wrongs.expect(422)
