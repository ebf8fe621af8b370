"""The page of the installation: what works, what is left to do, what fails since when; and its trials."""

import datetime as dt
import smtplib

import httpx
import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.enums import AuditAction, MailProblem, Role
from accounts.journal.audit import write_entry
from accounts.models import AuditEntry, Mail
from accounts.scope import acting_as, system_scope
from core.models import Message, Sign
from core.signs import services as signs
from core.signs.tasks import beat, files_worker
from portal.installation.reading import parts
from portal.installation.services import TRIALS
from sites.geocoding.services import NationalAddressApi
from sites.models import Commune
from tests import factories as f


@pytest.fixture
def admin(world, sign_in):
    return sign_in(world.admin)


def _states(world) -> dict[str, tuple]:
    with acting_as(world.admin):
        return {str(part.title): (part.state, part.since is not None) for part in parts(world.admin)}


def _part(world, title):
    with acting_as(world.admin):
        return next(part for part in parts(world.admin) if part.title == title)


def _page(admin) -> str:
    return " ".join(admin.get(reverse("installation")).text.split())


def _try(admin, what, capture):
    with capture(execute=True):
        answer = admin.post(reverse("installation_trial", args=[what]))
    assert answer.headers["Location"] == reverse("installation")


def test_a_fresh_installation_has_everything_to_do(world, admin, settings):
    settings.GEOCODER_URL = settings.MAP_TILES_URL = settings.BASEMAP_PMTILES = ""
    with system_scope("seeding"):
        assert Commune.objects.exists()
    assert _states(world) == {
        "E-mail": ("todo", False),
        "Fond de plan des cartes": ("todo", False),
        "Géocodeur": ("todo", False),
        "Traitement des e-mails, notes et publications": ("todo", False),
        "Traitement des fichiers": ("todo", False),
        "Tâches planifiées": ("todo", False),
        "File d’attente (Redis)": ("fine", False),
        "Sauvegarde": ("todo", False),
        "Chaîne des journaux": ("todo", False),
        "Communes": ("fine", False),
        "Séparation des rôles": ("fine", False),
    }
    page = _page(admin)
    for setting in (
        "EMAIL_HOST",
        "BASEMAP_PMTILES",
        "GEOCODER_URL",
        "celery -A config beat",
        "manage.py backup",
    ):
        assert setting in page
    assert "8 points à voir" in page


def test_the_page_tells_nothing_of_sites_or_facts(world, admin):
    page = _page(admin)
    for side in (world.a, world.b):
        for name in (side.residence.name, side.landlord.name, side.territory.name):
            assert name not in page


def test_processes_work_as_long_as_they_answer(world):
    beat()
    files_worker()
    titles = ("Traitement des e-mails, notes et publications", "Traitement des fichiers", "Tâches planifiées")
    assert [_states(world)[title] for title in titles] == [("fine", True)] * 3
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=6), tick=False):
        assert [_states(world)[title] for title in titles] == [("failing", True)] * 3
        files_worker()
        assert [_states(world)[title][0] for title in titles] == ["failing", "fine", "failing"]


@pytest.mark.parametrize("what", ["worker", "files"])
def test_a_worker_that_is_called_answers_and_one_that_does_not_is_waited_for(
    world, admin, what, django_capture_on_commit_callbacks
):
    title = {"worker": "Traitement des e-mails, notes et publications", "files": "Traitement des fichiers"}[
        what
    ]
    # Nobody takes the task: it is committed nowhere.
    admin.post(reverse("installation_trial", args=[what]))
    assert ("Essai en cours…" in _page(admin), _part(world, title).state) == (True, "todo")
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=61), tick=False):
        assert "Essai en cours…" not in _page(admin)
    _try(admin, what, django_capture_on_commit_callbacks)
    assert ("Essai en cours…" in _page(admin), _part(world, title).state) == (False, "fine")


class Away(BaseEmailBackend):
    """A relay that refuses the account."""

    def send_messages(self, email_messages):
        raise smtplib.SMTPAuthenticationError(535, b"mot-de-passe-du-relais")


def test_a_trial_mail_goes_to_whoever_asks_and_its_outcome_is_told(
    world, admin, settings, django_capture_on_commit_callbacks
):
    _try(admin, "mail", django_capture_on_commit_callbacks)
    assert [message.to for message in mail.outbox] == [[world.admin.email]]
    assert _part(world, "E-mail").state == "fine"
    assert f"Essai à {world.admin.email} : remis au serveur de messagerie le" in _page(admin)
    settings.EMAIL_BACKEND = f"{__name__}.{Away.__name__}"
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=1)):
        admin.post(reverse("installation_trial", args=["mail"]))
        assert "Essai en cours…" in _page(admin)
        _fail_the_last_mail()
        page, part = _page(admin), _part(world, "E-mail")
    assert (part.state, part.says, part.since is not None) == ("failing", MailProblem.LOGIN.label, True)
    assert ("EMAIL_HOST_PASSWORD" in page, "mot-de-passe-du-relais" in page) == (True, False)


def _fail_the_last_mail() -> None:
    from accounts.mail.tasks import deliver
    from accounts.models import Mail

    with system_scope("mail"):
        pk = Mail.objects.order_by("-pk").values_list("pk", flat=True)[0]
    with pytest.raises(smtplib.SMTPAuthenticationError):
        deliver(pk, "https://palier.example")


ANSWERS = {
    "found": ("id,longitude,latitude,result_score,result_status\n0,2.3,48.8,0.98,ok\n", "fine"),
    "lost": ("id,longitude,latitude,result_score,result_status\n0,,,,not-found\n", "failing"),
    "odd": ("<html>maintenance</html>", "failing"),
    "away": (None, "failing"),
    "no number": ("id,longitude,latitude,result_score,result_status\n0,nan,nan,nan,ok\n", "failing"),
    "no place": ("id,longitude,latitude,result_score,result_status\n0,1e400,48.8,0.98,ok\n", "failing"),
    "cut": ("id,longitude,latitude,result_score,result_status\n0", "failing"),
}


@pytest.mark.parametrize("how", ANSWERS)
def test_the_geocoder_is_asked_by_a_worker_for_a_public_address(
    world, admin, settings, monkeypatch, django_capture_on_commit_callbacks, how
):
    settings.GEOCODER_URL = "https://adresse.exemple.invalid"
    text, state = ANSWERS[how]
    asked = []

    def post(url, *, files, timeout, **_options):
        asked.append((url, timeout.read, files["data"][1]))
        if text is None:
            raise httpx.ConnectError(how)
        return httpx.Response(200, text=text, request=httpx.Request("POST", url))

    monkeypatch.setattr(httpx, "post", post)
    assert _part(world, "Géocodeur").state == "todo"
    _try(admin, "geocoder", django_capture_on_commit_callbacks)
    ((url, timeout, sent),) = asked
    assert (url, timeout) == ("https://adresse.exemple.invalid/search/csv/", 10.0)
    assert "20 avenue de Ségur" in (sent.decode() if isinstance(sent, bytes) else sent)
    assert _part(world, "Géocodeur").state == state


def test_no_geocoder_is_asked_where_none_is_set(
    admin, settings, monkeypatch, django_capture_on_commit_callbacks
):
    settings.GEOCODER_URL = ""
    monkeypatch.setattr(NationalAddressApi, "locate", pytest.fail)
    _try(admin, "geocoder", django_capture_on_commit_callbacks)


def test_a_service_fails_since_its_first_failure(world, settings):
    settings.GEOCODER_URL = "https://adresse.exemple.invalid"
    with time_machine.travel(dt.datetime(2026, 3, 1, 8, tzinfo=dt.UTC), tick=False) as clock:
        for problem, since in (("silent", 8), ("lost", 8), ("", None), ("silent", 11)):
            signs.answered("geocoder", problem=problem)
            with system_scope("installation"):
                failing = Sign.objects.get(name="geocoder").failing_since
            assert (failing and failing.hour) == since
            clock.shift(dt.timedelta(hours=1))


def test_what_waits_for_the_queue_and_what_was_given_up_is_said(world):
    with system_scope("outbox"):
        waiting = Message.objects.create(task="accounts.mail.tasks.deliver")
    assert _states(world)["File d’attente (Redis)"] == ("fine", False)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=3), tick=False):
        assert _states(world)["File d’attente (Redis)"] == ("failing", True)
        with system_scope("outbox"):
            Message.objects.filter(pk=waiting.pk).update(given_up_at=timezone.now())
        assert _part(world, "File d’attente (Redis)").says == "Une tâche n’a pas pu être remise."


def test_a_backup_is_fine_for_a_day_and_a_half(world):
    with system_scope("backup") as scope:
        write_entry(scope, AuditAction.EXPORT, "backup")
    assert _states(world)["Sauvegarde"] == ("fine", True)
    with time_machine.travel(timezone.now() + dt.timedelta(hours=37), tick=False):
        assert _states(world)["Sauvegarde"] == ("failing", True)


def test_a_plan_that_cannot_be_read_and_images_of_another_server(world, settings):
    settings.BASEMAP_PMTILES = "/nowhere/plan.pmtiles"
    assert _states(world)["Fond de plan des cartes"] == ("failing", False)
    settings.BASEMAP_PMTILES, settings.MAP_TILES_URL = "", "https://exemple.invalid/{z}/{x}/{y}"
    assert _states(world)["Fond de plan des cartes"] == ("fine", False)


def test_every_trial_is_in_the_operators_journal(world, admin):
    with system_scope("seeding"):
        dpo = f.MembershipFactory(organisation=world.operator, role=Role.DPO).user
    for what in TRIALS:
        admin.post(reverse("installation_trial", args=[what]))
    with acting_as(dpo):
        told = AuditEntry.objects.filter(object_type="portal.trial").order_by("pk")
        assert [(entry.actor_id, entry.detail) for entry in told] == [
            (world.admin.pk, {"what": what}) for what in TRIALS
        ]
    assert admin.post(reverse("installation_trial", args=["database"])).status_code == 404


def test_signs_are_an_administrators_to_read_and_nobodys_to_write(world):
    signs.answered("worker")
    for person, seen in ((world.admin, 1), (world.a.lead, 0), (world.a.coordinator, 0), (world.dpo, 0)):
        with acting_as(person):
            assert Sign.objects.count() == seen
    with acting_as(world.admin):
        assert Sign.objects.update(problem="x") == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            Sign.objects.create(name="else")


def test_who_holds_roles_of_both_sides_since_before_is_named(world, admin):
    with system_scope("seeding"):
        council = f.OrganisationFactory(kind="municipality")
        f.MembershipFactory(user=world.a.agent, organisation=council, role=Role.DPO)
        # As it was before the database kept the sides apart.
        type(council).objects.filter(pk=council.pk).update(kind="police")
    part = _part(world, "Séparation des rôles")
    assert (part.state, str(part.says).endswith(f": {world.a.agent}.")) == ("todo", True)
    assert world.a.agent.full_name in _page(admin)


def _mail(world, *, asked: int, ended: int | None = None, **values) -> None:
    """Write a mail asked for and ended some minutes ago."""
    now = timezone.now()
    moments = {"ended_at": None if ended is None else now - dt.timedelta(minutes=ended)}
    with system_scope("mail"):
        written = Mail.objects.create(user=world.a.lead, kind="password", **values, **moments)
        Mail.objects.filter(pk=written.pk).update(asked_at=now - dt.timedelta(minutes=asked))


def test_mail_that_nobody_sends_is_not_said_to_have_left(world, admin):
    _mail(world, asked=300, ended=299, state="delivered")
    assert _part(world, "E-mail").state == "fine"
    _mail(world, asked=180)
    part = _part(world, "E-mail")
    assert (part.state, part.says) == ("failing", "Des e-mails attendent d’être envoyés.")
    assert "celery -A config worker --queues celery" in str(part.advice)


def test_mail_that_fails_after_another_left_fails_however_early_it_was_asked_for(world):
    _mail(world, asked=30, ended=20, state="delivered")
    _mail(world, asked=31, ended=25, state="failed", problem=MailProblem.LOGIN)
    # What failed before another one left says nothing of now.
    assert _part(world, "E-mail").state == "fine"
    _mail(world, asked=32, ended=1, state="failed", problem=MailProblem.UNREACHABLE)
    part = _part(world, "E-mail")
    assert (part.state, part.says) == ("failing", MailProblem.UNREACHABLE.label)


def test_a_refused_address_is_not_said_to_be_a_relay_that_was_never_tried(world):
    _mail(world, asked=2, ended=1, state="failed", problem=MailProblem.RECIPIENT)
    part = _part(world, "E-mail")
    assert (part.state, "refusé l’adresse" in str(part.says), "EMAIL_HOST" in str(part.advice)) == (
        "todo", True, False
    )  # fmt: skip


@pytest.mark.parametrize("name", ["worker", "files", "geocoder"])
def test_a_trial_without_an_answer_has_failed_whatever_an_earlier_one_said(world, settings, name):
    settings.GEOCODER_URL = "https://adresse.exemple.invalid"
    title = {"worker": "Traitement des e-mails, notes et publications", "files": "Traitement des fichiers"}
    title = title.get(name, "Géocodeur")
    for answered in (False, True):
        if answered:
            signs.answered(name)
        with time_machine.travel(timezone.now() + dt.timedelta(seconds=1)):
            signs.ask(name)
        # Less than a worker may be silent for.
        with time_machine.travel(timezone.now() + dt.timedelta(seconds=70)):
            part = _part(world, title)
            assert (part.state, str(part.says)) == ("failing", "Le dernier essai est resté sans réponse.")
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=80)):
        signs.answered(name)
        assert _part(world, title).state == "fine"
