"""Test that pages state no conformity that no audit has established."""

import pytest
from django.urls import reverse

PAGES = ["accessibility", "account_login"]


@pytest.mark.parametrize("name", PAGES)
def test_without_an_audit_the_law_has_it_say_not_conformant(client, db, name):
    page = client.get(reverse(name)).content.decode()
    assert "Accessibilité : non conforme" in page
    assert "partiellement" not in page


def test_what_an_audit_found_is_stated_with_the_audit(client, db, settings):
    settings.ACCESSIBILITY_CONFORMITY = "partial"
    settings.ACCESSIBILITY_AUDIT = "agence Exemple, mars 2027, 82 % des critères"
    page = client.get(reverse("accessibility")).content.decode()
    assert "Accessibilité : partiellement conforme" in page
    assert "Audit : agence Exemple, mars 2027, 82 % des critères." in page
    assert "aucun audit" not in page
