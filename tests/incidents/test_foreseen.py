"""A disruption or an observation that changes a level says so before it is saved, and after."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from classification.engine.services import evaluate
from classification.models import SiteLevel
from incidents.models import Confirmation, Disruption, FactType, Incident, StandingObservation
from incidents.ongoing.states import state_of
from tests import factories as f
from tests.versions import opened, planted

ASKED = "La résidence passerait du niveau {} au niveau {}."
DONE = "La résidence passe du niveau {} au niveau {}."


@pytest.fixture
def residence(world):
    with system_scope("seeding"):
        made = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name="Au calme")
        f.AddressFactory(residence=made)
        evaluate([made.pk])
    return made


def _disruption(residence, **values):
    return {
        "place": f"r{residence.pk}", "service": "lift", "extent": "total",
        "starts_on": timezone.localdate().isoformat(), **values,
    }  # fmt: skip


def _observation(residence):
    with system_scope("seeding"):
        dealing = FactType.objects.get(code="PETTY_DEALING")
    return {"place": f"r{residence.pk}", "fact_type": dealing.pk, "frequency": 3, "since": "2026-01-01"}


def plain(answer) -> str:
    return answer.text.replace("\xa0", " ")


def key(answer) -> dict[str, str]:
    """Return the hidden field with which the person agrees to what the page shows."""
    return {"niveau": re.search(r'name="niveau" value="([^"]*)"', answer.text)[1]}


def written(world, residence) -> tuple[int, int, int]:
    """Return how many records count and how many journal entries there are of the residence, and its level."""
    with system_scope("seeding"):
        models = (Incident, Disruption, StandingObservation)
        rows = [model.objects.current().filter(residence=residence).count() for model in models]
        level = SiteLevel.objects.get(residence=residence, address=None).level
    with acting_as(world.a.lead):
        entries = AuditEntry.objects.filter(
            action__in=("create", "update", "cancel"), detail__residence=residence.pk
        )
        return sum(rows), entries.count(), level


@pytest.mark.parametrize(
    ("form", "said", "levels"),
    [("create_disruption", _disruption, (1, 4)), ("create_observation", _observation, (1, 3))],
)
def test_a_record_that_raises_a_level_is_written_once_it_is_agreed_to(
    world, sign_in, residence, form, said, levels
):
    client, url, sent = sign_in(world.a.lead), reverse(f"incidents:{form}"), said(residence)
    asked = client.post(url, sent)
    assert (asked.status_code, ASKED.format(*levels) in plain(asked)) == (200, True)
    assert written(world, residence) == (0, 0, 1)
    done = client.post(url, sent | key(asked), follow=True)
    assert DONE.format(*levels) in plain(done)
    assert written(world, residence) == (1, 1, levels[1])


def test_a_record_that_changes_no_level_is_saved_at_once(world, sign_in, residence):
    with system_scope("seeding"):
        f.DisruptionFactory(residence=residence, address=None, extent="total")
        evaluate([residence.pk])
    answer = sign_in(world.a.lead).post(
        reverse("incidents:create_disruption"), _disruption(residence, extent="limited")
    )
    assert (answer.status_code, written(world, residence)) == (302, (2, 1, 4))


def test_what_was_agreed_to_is_asked_again_when_the_change_is_another(world, sign_in, residence):
    client, url = sign_in(world.a.lead), reverse("incidents:create_disruption")
    asked = client.post(url, _disruption(residence, extent="limited"))
    assert ASKED.format(1, 2) in plain(asked)
    again = client.post(url, _disruption(residence, extent="total") | key(asked))
    assert (again.status_code, ASKED.format(1, 4) in plain(again)) == (200, True)
    assert written(world, residence) == (0, 0, 1)


def test_an_end_that_lowers_a_level_is_written_once_it_is_agreed_to(world, sign_in, residence):
    with system_scope("seeding"):
        made = f.DisruptionFactory(
            residence=residence, address=None, extent="total", starts_on=dt.date(2026, 1, 1)
        )
        evaluate([residence.pk])
    client, url = sign_in(world.a.lead), reverse("incidents:end_disruption", args=[made.pk])
    sent = {"on": (timezone.localdate() - dt.timedelta(91)).isoformat()}
    asked = client.post(url, sent)
    assert ASKED.format(4, 1) in plain(asked)
    assert written(world, residence) == (1, 0, 4)
    assert DONE.format(4, 1) in plain(client.post(url, sent | key(asked), follow=True))
    assert written(world, residence) == (1, 1, 1)


def test_the_button_that_agrees_is_in_the_form_and_has_the_focus(world, sign_in, residence):
    asked = sign_in(world.a.lead).post(reverse("incidents:create_disruption"), _disruption(residence))
    form = re.search(r'<form method="post" class="entry".*?</form>', asked.text, re.DOTALL)[0]
    assert re.search(
        r'role="alert".*?<button class="btn btn-primary" type="submit" autofocus>', form, re.DOTALL
    )


@pytest.fixture
def fact(residence):
    """A fact that alone makes its residence a level 3: urban violence, today."""
    with system_scope("seeding"):
        made = f.IncidentFactory(
            residence=residence, address=None, code="URBAN_VIOLENCE", day=timezone.localdate()
        )
        evaluate([residence.pk])
    return made


def _corrected(client, url, fact, **changed):
    said = {
        "token": "00000000-0000-4000-8000-000000000001", "place": f"r{fact.residence_id}", "source": fact.source,
        "fact_type": fact.fact_type_id, "day": fact.day.isoformat(), "place_kind": fact.place_kind,
    }  # fmt: skip
    return said | changed | opened(client, url)


def test_a_fact_is_corrected_cancelled_and_restored_once_the_change_of_level_is_agreed_to(
    world, sign_in, residence, fact
):
    client = sign_in(world.a.agent)
    with system_scope("seeding"):
        lesser = FactType.objects.get(code="LITTERING").pk
    edit, cancel, restore = (
        reverse(f"incidents:{act}", args=[fact.pk]) for act in ("edit", "cancel", "restore")
    )
    steps = [
        (edit, lambda: _corrected(client, edit, fact, fact_type=lesser), (3, 1), 1),
        (edit, lambda: _corrected(client, edit, fact), (1, 3), 1),
        (cancel, lambda: {"reason": "Doublon"} | opened(client, cancel), (3, 1), 0),
        (restore, dict, (1, 3), 1),
    ]
    for number, (url, said, levels, counting) in enumerate(steps):
        before, sent = written(world, residence), said()
        asked = client.post(url, sent)
        assert (asked.status_code, plain(asked).count(ASKED.format(*levels))) == (200, 1), url
        assert written(world, residence) == before
        done = client.post(url, sent | key(asked), follow=True)
        assert plain(done).count(DONE.format(*levels)) == 1
        assert written(world, residence) == (counting, number + 1, levels[1])
    assert "Rétabli" in done.text
    again = client.post(restore, {}, follow=True)
    assert ("Déjà rétabli" in again.text, written(world, residence)) == (True, (1, 4, 3))


def test_a_fact_that_moves_says_what_becomes_of_both_residences_and_of_the_address(
    world, sign_in, residence, fact
):
    with system_scope("seeding"):
        quiet = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name="Les Tilleuls")
        there = f.AddressFactory(residence=quiet, label="3 rue des Tilleuls")
        evaluate([quiet.pk])
    client, url = sign_in(world.a.lead), reverse("incidents:edit", args=[fact.pk])
    sent = _corrected(client, url, fact, place=f"a{there.pk}")
    asked = client.post(url, sent)
    said = [
        "Au calme passerait du niveau 3 au niveau 1.",
        "Les Tilleuls passerait du niveau 1 au niveau 3.",
        "3 rue des Tilleuls passerait du niveau 1 au niveau 3.",
    ]
    assert [move.would for move in asked.context["foreseen"].moves] == said
    assert [plain(asked).count(one) for one in said] == [1, 1, 1]
    assert written(world, residence) == (1, 0, 3)
    done = plain(client.post(url, sent | key(asked), follow=True))
    assert [done.count(one.replace("passerait", "passe")) for one in said] == [1, 1, 1]
    assert (written(world, residence)[0], written(world, quiet)[::2]) == (0, (1, 3))


@pytest.mark.parametrize(
    ("act", "levels"), [("confirm_observation", (1, 3)), ("withdraw_confirmation", (3, 1))]
)
def test_one_click_that_changes_a_level_asks_first(world, sign_in, residence, act, levels):
    today = timezone.localdate()
    with system_scope("seeding"):
        made = f.StandingObservationFactory(
            residence=residence, address=None, fact_type=FactType.objects.get(code="PETTY_DEALING"), frequency=3,
            since=today - dt.timedelta(200),
        )  # fmt: skip
        f.ConfirmationFactory(observation=made, day=today - dt.timedelta(100))
        if act == "withdraw_confirmation":
            Confirmation.objects.create(observation=made, day=today, confirmed_by=world.a.lead)
        evaluate([residence.pk])
    client, url = sign_in(world.a.lead), reverse(f"incidents:{act}", args=[made.pk])
    page = reverse("incidents:observation", args=[made.pk])
    sent = {"next": page} | planted(made, state_of)
    asked = client.post(url, sent)
    assert (asked.status_code, plain(asked).count(ASKED.format(*levels))) == (200, 1)
    assert (f'name="next" value="{page}"' in asked.text, sent["version"] in asked.text) == (True, True)
    assert written(world, residence) == (1, 0, levels[0])
    done = client.post(url, sent | key(asked), follow=True)
    assert (done.redirect_chain, plain(done).count(DONE.format(*levels))) == ([(page, 302)], 1)
    assert written(world, residence)[1:] == (1, levels[1])


@pytest.fixture
def kept_heard(world, residence):
    """A residence where daily facts stopped 400 days ago, but for one of last week, which gives no level."""
    with system_scope("seeding"):
        place = residence.addresses.get()
        for n in range(12):
            f.IncidentFactory(
                address=place, code="LITTERING", day=timezone.localdate() - dt.timedelta(400 + 2 * n)
            )
        last = f.IncidentFactory(address=place, code="LITTERING", day=timezone.localdate() - dt.timedelta(7))
        evaluate([residence.pk])
        assert set(SiteLevel.objects.filter(residence=residence).values_list("level", "silent")) == {
            (1, False)
        }
    return last


def test_a_change_that_only_silences_a_site_or_ends_the_silence_is_announced_before_and_after(
    world, sign_in, residence, kept_heard
):
    client = sign_in(world.a.lead)
    cancel, restore = (reverse(f"incidents:{act}", args=[kept_heard.pk]) for act in ("cancel", "restore"))
    sent = {"reason": "Doublon"} | opened(client, cancel)
    asked = client.post(cancel, sent)
    assert "La résidence : la saisie serait marquée comme interrompue" in plain(asked)
    assert written(world, residence)[0] == 13
    done = client.post(cancel, sent | key(asked), follow=True)
    assert "La résidence : la saisie est marquée comme interrompue" in plain(done)
    asked = client.post(restore)
    assert "La résidence, dont la saisie est interrompue, passerait au niveau 1." in plain(asked)
    done = client.post(restore, key(asked), follow=True)
    assert "La résidence, dont la saisie était interrompue, passe au niveau 1." in plain(done)
    assert written(world, residence)[0] == 13
