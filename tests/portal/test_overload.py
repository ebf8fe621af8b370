"""A request that waited too long is refused before the database is asked, and nothing that was typed is lost."""

import html
import io
import re
import time
import uuid
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.scope import acting_as, system_scope
from incidents.models import FactType, Incident
from portal.overload import HEADER, READ_WAITS_S, WRITE_WAITS_S
from tests.world import program_of

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


@pytest.fixture(autouse=True)
def behind_a_proxy(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1


def since(seconds: float) -> dict[str, str]:
    """Return the header of a request that the proxy took so many seconds ago."""
    return {HEADER: f"t={round(1000 * (time.time() - seconds))}"}


def _answers(world) -> dict[str, str]:
    return {
        "place": f"r{world.a.residence.pk}", "fact_type": str(FactType.objects.first().pk), "source": "staff",
        "day": timezone.localdate().isoformat(), "token": str(uuid.uuid4()), "narrative": "Portail forcé",
    }  # fmt: skip


def _recorded() -> int:
    with system_scope("seeding"):
        return Incident.objects.count()


def test_who_reads_waits_for_some_seconds_and_not_for_more(world, sign_in, django_assert_num_queries):
    lead, page = sign_in(world.a.lead), reverse("incidents:list")
    assert lead.get(page, headers=since(READ_WAITS_S - 2)).status_code == 200
    with django_assert_num_queries(0):
        refused = lead.get(f"{page}?q=portail", headers=since(READ_WAITS_S + 1))
    assert (refused.status_code, refused["Retry-After"], refused["Cache-Control"]) == (503, "30", "no-store")
    assert "Trop de personnes utilisent Palier en ce moment" in refused.text
    assert f'href="{page}?q=portail"' in refused.text


def test_who_writes_waits_longer_and_keeps_what_was_typed(world, sign_in):
    agent, page, answers, before = (
        sign_in(world.a.agent),
        reverse("incidents:create"),
        _answers(world),
        _recorded(),
    )
    refused = agent.post(page, answers, headers=since(WRITE_WAITS_S + 1))
    assert (refused.status_code, _recorded()) == (503, before)
    kept = {name: html.unescape(value) for name, value in _HIDDEN.findall(refused.text)}
    assert kept.pop("csrfmiddlewaretoken")
    assert kept == answers
    # What waited long enough for a page to be refused is recorded all the same.
    assert agent.post(page, kept, headers=since(READ_WAITS_S + 5)).status_code == 302
    assert _recorded() == before + 1


class _Sent(io.BytesIO):
    """A body whose sending takes long."""

    clock: float = 0

    def read(self, size: int = -1) -> bytes:
        _Sent.clock = WRITE_WAITS_S + 1
        return super().read(size)


def test_sending_a_large_file_is_no_waiting(world, sign_in, monkeypatch):
    began = time.time()
    monkeypatch.setattr("portal.overload.time", SimpleNamespace(time=lambda: began + _Sent.clock))
    body = urlencode(_answers(world)).encode()
    said = sign_in(world.a.agent).post(
        reverse("incidents:create"), headers={HEADER: f"t={round(1000 * began)}"},
        **{"wsgi.input": _Sent(body), "CONTENT_LENGTH": len(body), "CONTENT_TYPE": "application/x-www-form-urlencoded"},
    )  # fmt: skip
    assert (said.status_code, _Sent.clock) == (302, WRITE_WAITS_S + 1)


def test_a_file_that_was_refused_is_chosen_again(world, sign_in):
    page = reverse("sites:import_create")
    sent = {"file": SimpleUploadedFile("stock.csv", b"a;b"), "landlord": "1"}
    refused = sign_in(world.a.lead).post(page, sent, headers=since(WRITE_WAITS_S + 1))
    assert refused.status_code == 503
    assert "Les fichiers joints seront à choisir de nouveau." in refused.text
    assert ("<form" in refused.text, f'href="{page}"' in refused.text) == (False, True)


def test_a_foreign_form_is_not_offered_again(world):
    stranger = Client(enforce_csrf_checks=True)
    with acting_as(world.a.agent):
        stranger.force_login(world.a.agent)
    refused = stranger.post(reverse("incidents:create"), _answers(world), headers=since(WRITE_WAITS_S + 1))
    assert (refused.status_code, "Portail" in refused.text) == (403, False)


def test_a_program_is_told_by_a_problem_document(world):
    said = program_of(world).get("/api/v1/incidents/", headers=since(READ_WAITS_S + 1))
    assert (said.status_code, said["Content-Type"], said["Retry-After"]) == (
        503,
        "application/problem+json",
        "30",
    )
    assert said.json() == {
        "type": "about:blank", "title": "Service Unavailable", "status": 503,
        "detail": "Trop de personnes utilisent Palier en ce moment",
    }  # fmt: skip


@pytest.mark.parametrize("said", ["", "t=", "t=x", "t=-5", "t=1.5", "t=٣", f"t={10**14}", "t=" + "0" * 5000])
def test_a_time_that_is_none_or_has_not_come_refuses_nobody(world, sign_in, said):
    assert sign_in(world.a.lead).get(reverse("incidents:list"), headers={HEADER: said}).status_code == 200


def test_without_a_trusted_proxy_nobody_is_believed(world, sign_in, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0
    headers = since(3600)
    assert sign_in(world.a.lead).get(reverse("incidents:list"), headers=headers).status_code == 200
