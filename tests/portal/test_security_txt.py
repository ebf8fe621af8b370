"""Test that security.txt names the contact without a login."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("contact", "line"),
    [
        ("surete@bailleur.example", "Contact: mailto:surete@bailleur.example"),
        ("https://bailleur.example/signaler", "Contact: https://bailleur.example/signaler"),
    ],
)
@time_machine.travel(dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC), tick=False)
def test_the_operators_contact_is_told_for_half_a_year(client, settings, contact, line):
    settings.SECURITY_CONTACT = contact
    answer = client.get("/.well-known/security.txt")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert answer.text == f"{line}\nExpires: 2026-08-28T12:00:00Z\nPreferred-Languages: fr, en\n"


def test_without_a_contact_there_is_no_such_page(client, settings):
    settings.SECURITY_CONTACT = ""
    assert client.get(reverse("security_txt")).status_code == 404
