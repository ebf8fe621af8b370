"""Test that input with the NUL character, which PostgreSQL cannot store, is refused."""

import pytest
from django.test.client import FakePayload
from django.urls import reverse

PAGES = ["search", "incidents:places", "incidents:list", "accounts:journal", "classification:residences"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("query", ["q=ab%00c", "%00=1", "place=%00", "tri=%00", "person=%00"])
def test_an_address_with_it_is_no_request(world, sign_in, page, query):
    answer = sign_in(world.a.lead).get(f"{reverse(page)}?{query}")
    assert answer.status_code == 400
    assert "Cette demande ne peut pas être lue" in answer.content.decode()


def test_neither_is_a_path_nor_a_form(world, sign_in):
    lead = sign_in(world.a.lead)
    assert lead.get("/faits/%00").status_code == 400
    assert lead.post(reverse("accounts:columns"), {"list_name": "facts", "col": ["a\0"]}).status_code == 400


def test_a_form_that_breaks_off_is_no_error_of_ours(world, sign_in):
    class Broken(FakePayload):
        def read(self, size=None, /):
            raise OSError

    answer = sign_in(world.a.lead).post("/faits/nouveau/", **{"wsgi.input": Broken(b"day=")})
    assert answer.status_code == 400


@pytest.mark.parametrize("page", ["account_login", "incidents:list", "accessibility"])
def test_nor_is_a_cookie_that_quotes_it(world, client, page):
    answer = client.get(reverse(page), HTTP_COOKIE='sessionid="' + r"\000" * 9 + '"')
    assert answer.status_code == 400


@pytest.mark.parametrize(("charset", "status"), [
    ("utf-8", 422), ("UTF8", 422), ("base64", 400), ("undefined", 400), ("unicode_escape", 400),
])  # fmt: skip
def test_a_form_is_read_in_utf8_alone(world, client, charset, status):
    body = b'--x\r\nContent-Disposition: form-data; name="login"\r\n\r\na\\ud800\r\n--x--\r\n'
    kind = f"multipart/form-data; boundary=x; charset={charset}"
    assert client.generic("POST", reverse("account_login"), body, kind).status_code == status
