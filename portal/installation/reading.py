"""Read the state of each part of the installation, from rows, settings and files alone: nothing is asked here."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import Max, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.enums import AuditAction, MailKind, MailProblem, MailState
from accounts.models import AuditCheckpoint, AuditEntry, Mail, User
from accounts.scope import system_scope
from core.models import Message, Sign
from core.signs.tasks import BEAT, FILES_WORKER, WORKER
from sites.basemap.archive import BasemapError, archive
from sites.geocoding.tasks import GEOCODER, LOST
from sites.models import Commune

from .services import MAIL
from .sides import on_both_sides

Text = str | Promise
State = Literal["fine", "todo", "failing"]
# Signs come each minute; a worker may be busy for a while.
_SILENCE = dt.timedelta(minutes=5)
# How long a trial is waited for.
_TRIAL = dt.timedelta(minutes=1)
_WAITING = dt.timedelta(minutes=2)
_OLD_BACKUP = dt.timedelta(hours=36)
_NO_ANSWER = _("Le dernier essai est resté sans réponse.")
_START_WORKER = _(
    "Démarrez le processus « celery -A config worker --queues celery », ou lisez son journal : c’est lui qui essaie et envoie."
)
_OTHER_ADDRESS = _(
    "Vérifiez l’adresse du compte, ou essayez depuis un compte dont le serveur de messagerie accepte l’adresse."
)


@dataclass(frozen=True)
class Trial:
    """What a button tries out.

    Attributes:
        what: one of ``portal.installation.services.TRIALS``.
        button: the words of the button.
        asked: True while the outcome is waited for.
    """

    what: str
    button: Text
    asked: bool


@dataclass(frozen=True)
class Part:
    """A part of the installation.

    Attributes:
        title: what it is.
        state: whether it works, is left to do, or fails.
        says: what is known of it.
        advice: what to do, with the setting's or the command's name; empty where it works.
        since: when it began to fail, or when it last worked.
        trial: what its button tries out; None where a trial means nothing.
    """

    title: Text
    state: State
    says: Text
    advice: Text = ""
    since: dt.datetime | None = None
    trial: Trial | None = None


def parts(reader: User) -> list[Part]:
    """Return every part of the installation, as an administrator may know it: without any content."""
    signs = {sign.name: sign for sign in Sign.objects.all()}
    return [
        _mail(reader),
        _map(),
        _geocoder(signs.get(GEOCODER)),
        *_processes(signs),
        _queue(),
        _backup(),
        _journals(),
        _communes(),
        _sides(),
    ]


def _mail(reader: User) -> Part:
    button = _("Envoyer un essai à mon adresse")
    advice = _(
        "Vérifiez EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, EMAIL_USE_TLS ou EMAIL_USE_SSL, et "
        "DEFAULT_FROM_EMAIL, puis redémarrez les traitements de fond."
    )
    awaited = Mail.objects.filter(user=reader, kind=MailKind.TRIAL, state=MailState.WAITING, problem="")
    trial = Trial(MAIL, button, any(not mail.late for mail in awaited))
    delivered, failed = _tries()
    first = failed.order_by("pk").first()
    if first is not None:
        said = failed.order_by("-pk").values_list("problem", flat=True)[0]
        return Part(_("E-mail"), "failing", MailProblem(said).label, advice, first.asked_at, trial=trial)
    if late := _oldest_late_mail():
        says = _("Des e-mails attendent d’être envoyés.")
        return Part(_("E-mail"), "failing", says, _START_WORKER, late.asked_at, trial=trial)
    if not delivered and Mail.objects.filter(problem=MailProblem.RECIPIENT).exists():
        says = _(
            "Le serveur de messagerie répond, mais a refusé l’adresse du destinataire : rien n’est encore parti."
        )
        return Part(_("E-mail"), "todo", says, _OTHER_ADDRESS, trial=trial)
    if delivered:
        return Part(_("E-mail"), "fine", _("Le dernier e-mail est parti."), since=delivered, trial=trial)
    return Part(_("E-mail"), "todo", _("Aucun e-mail n’est encore parti d’ici."), advice, trial=trial)


def _tries() -> tuple[dt.datetime | None, QuerySet[Mail]]:
    """Return when the relay last took a mail, and the mails that have failed since, however early they were asked for."""
    # That an address is refused says nothing of the relay.
    tried = Mail.objects.exclude(problem=MailProblem.RECIPIENT)
    delivered = tried.filter(state=MailState.DELIVERED).aggregate(at=Max("ended_at"))["at"]
    failed = tried.exclude(problem="")
    if delivered:
        failed = failed.filter(Q(asked_at__gt=delivered) | Q(ended_at__gt=delivered))
    return delivered, failed


def _oldest_late_mail() -> Mail | None:
    """Return the oldest mail that no worker has tried to send for longer than it needs."""
    waiting = Mail.objects.filter(state=MailState.WAITING, problem="").order_by("pk")
    return next((mail for mail in waiting[:1] if mail.late), None)


def _map() -> Part:
    title = _("Fond de plan des cartes")
    try:
        own = archive()
    except BasemapError:
        advice = _(
            "Vérifiez BASEMAP_PMTILES : le fichier manque, ou n’est pas une archive de tuiles vectorielles."
        )
        return Part(title, "failing", _("Le plan ne peut pas être lu."), advice)
    if own:
        return Part(title, "fine", _("Le plan est lu sur ce serveur."))
    if settings.MAP_TILES_URL:
        return Part(title, "fine", _("Les images du plan sont demandées à un autre serveur, et gardées."))
    advice = _("Posez une archive de tuiles et nommez-la dans BASEMAP_PMTILES, ou réglez MAP_TILES_URL.")
    return Part(title, "todo", _("Les cartes n’ont pas de fond de plan."), advice)


def _geocoder(sign: Sign | None) -> Part:
    title, button = _("Géocodeur"), _("Demander une adresse publique")
    if not settings.GEOCODER_URL:
        advice = _("Réglez GEOCODER_URL ; sans lui, les adresses importées se placent à la main.")
        return Part(title, "todo", _("Aucun géocodeur n’est réglé."), advice)
    advice = _("Vérifiez GEOCODER_URL, et que la machine des traitements de fond peut l’atteindre.")
    trial = Trial(GEOCODER, button, _is_awaited(sign))
    if sign is not None and _has_failed(sign):
        return Part(title, "failing", _NO_ANSWER, f"{advice} {_START_WORKER}", sign.asked_at, trial=trial)
    if sign is None or sign.answered_at is None:
        return Part(title, "todo", _("Il n’a pas encore été essayé."), trial=trial)
    if sign.problem:
        lost = _("Il répond, mais ne trouve pas une adresse connue de tous.")
        says = lost if sign.problem == LOST else _("Il ne répond pas comme attendu.")
        return Part(title, "failing", says, advice, sign.failing_since, trial=trial)
    return Part(title, "fine", _("Il a trouvé l’adresse demandée."), since=sign.answered_at, trial=trial)


def _processes(signs: dict[str, Sign]) -> Iterator[Part]:
    named = {
        WORKER: (
            _("Traitement des e-mails, notes et publications"),
            "celery -A config worker --queues celery",
        ),
        FILES_WORKER: (_("Traitement des fichiers"), "celery -A config worker --queues files"),
        BEAT: (_("Tâches planifiées"), "celery -A config beat"),
    }
    for name, (title, command) in named.items():
        sign = signs.get(name)
        advice = _("Démarrez le processus « %(command)s », ou lisez son journal.") % {"command": command}
        trial = None if name == BEAT else Trial(name, _("L’appeler"), _is_awaited(sign))
        if sign is not None and _has_failed(sign):
            yield Part(title, "failing", _NO_ANSWER, advice, sign.answered_at or sign.asked_at, trial=trial)
        elif sign is None or sign.answered_at is None:
            yield Part(title, "todo", _("Il n’a encore jamais répondu."), advice, trial=trial)
        elif timezone.now() - sign.answered_at > _SILENCE:
            yield Part(title, "failing", _("Il ne répond plus."), advice, sign.answered_at, trial=trial)
        else:
            yield Part(title, "fine", _("Il répond."), since=sign.answered_at, trial=trial)


def _queue() -> Part:
    title = _("File d’attente (Redis)")
    with system_scope("outbox"):
        messages = Message.objects.order_by("created_at")
        given_up = messages.exclude(given_up_at=None).first()
        old = messages.filter(given_up_at=None, created_at__lt=timezone.now() - _WAITING).first()
    if old:
        advice = _(
            "Vérifiez CELERY_BROKER_URL et que Redis répond : rien n’est perdu, tout part dès qu’il revient."
        )
        return Part(
            title, "failing", _("Des tâches attendent d’être remises à la file."), advice, old.created_at
        )
    if given_up:
        advice = _("Voyez docs/operation.md, « Watching it » : core_message, given_up_at.")
        return Part(title, "failing", _("Une tâche n’a pas pu être remise."), advice, given_up.given_up_at)
    return Part(title, "fine", _("Aucune tâche n’attend d’y être remise."))


def _backup() -> Part:
    title = _("Sauvegarde")
    with system_scope("backup"):
        backups = AuditEntry.objects.filter(action=AuditAction.EXPORT, object_type="backup")
        at = backups.aggregate(at=Max("at"))["at"]
    advice = _(
        "Planifiez chaque nuit « manage.py backup » avec BACKUP_DATABASE_URL, et gardez le fichier ailleurs."
    )
    if at is None:
        return Part(title, "todo", _("Aucune sauvegarde n’a encore été faite."), advice)
    if timezone.now() - at > _OLD_BACKUP:
        return Part(title, "failing", _("La dernière sauvegarde est trop ancienne."), advice, at)
    return Part(title, "fine", _("La dernière sauvegarde est récente."), since=at)


def _journals() -> Part:
    """Return when the chains of the journals were last verified and what came out: no content of any."""
    title = _("Chaîne des journaux")
    last = AuditCheckpoint.objects.order_by("-id").first()
    advice = _("Lancez « manage.py verify_audit », qui nomme le premier maillon rompu de chaque journal.")
    if last is None:
        return Part(
            title, "todo", _("Elle n’a encore jamais été vérifiée : beat le demande chaque nuit."), advice
        )
    if last.problem:
        said = _("Le journal n° %(journal)s est rompu au maillon %(number)s.")
        return Part(title, "failing", said % _named(last.problem), advice, last.at)
    if timezone.now() - last.at > _OLD_BACKUP:
        return Part(title, "failing", _("La dernière vérification est trop ancienne."), advice, last.at)
    said = _("Les %(number)s entrées des journaux se tiennent.")
    return Part(title, "fine", said % {"number": intcomma(last.entries)}, since=last.at)


def _named(problem: dict[str, Any]) -> dict[str, Any]:
    return {"journal": problem["journal"], "number": problem["number"] or problem["entry"]}


def _communes() -> Part:
    if Commune.objects.exists():
        return Part(_("Communes"), "fine", _("Les communes sont chargées."))
    advice = _("Lancez « manage.py load_communes » : sans communes, aucune adresse ne s’importe.")
    return Part(_("Communes"), "todo", _("Aucune commune n’est chargée."), advice)


def _sides() -> Part:
    title = _("Séparation des rôles")
    if not (names := on_both_sides()):
        return Part(
            title,
            "fine",
            _("Personne n’a à la fois un rôle de bailleur et un de partenaire ou d’administrateur."),
        )
    says = _("À la fois un rôle de bailleur et un de partenaire ou d’administrateur : %s.") % ", ".join(names)
    return Part(title, "todo", says, _("Sur la page de chaque compte, terminez l’un des deux rôles."))


def _is_awaited(sign: Sign | None) -> bool:
    """Say whether a trial was asked for and may still be answered."""
    return sign is not None and _is_unanswered(sign) and not _has_failed(sign)


def _has_failed(sign: Sign) -> bool:
    """Say whether a trial was asked for and has had no answer for longer than it is waited for."""
    return _is_unanswered(sign) and sign.asked_at is not None and timezone.now() - sign.asked_at > _TRIAL


def _is_unanswered(sign: Sign) -> bool:
    if sign.asked_at is None:
        return False
    return sign.answered_at is None or sign.answered_at < sign.asked_at
