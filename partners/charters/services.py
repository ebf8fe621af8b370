"""Write versions of a charter, and accept them."""

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.scope import Scope
from core.constraints import refused_as
from core.outbox import services as outbox
from core.versions import StaleError, State, check_version
from partners.models import Charter, CharterAcceptance
from sites.models import Territory

from .reading import current_charter, members
from .tasks import send_awaited


def state_of(territory: Territory) -> State:
    """Return what the form of a charter writes: the current text."""
    current = current_charter(territory.pk)
    return {"text": current.text if current else ""}


@transaction.atomic
def write(
    scope: Scope, *, territory: Territory, text: str, version: str, at: dt.datetime | None = None
) -> Charter:
    """Make ``text`` the current text of a territory's charter.

    Whoever has not accepted it sees no circle of the territory any more; the members are mailed, without content.

    Raises:
        StaleError: the current text is not the one that the form was opened on.
        ValidationError: the text is the current one already.
    """
    check_version(version, territory, state_of(territory))
    former = current_charter(territory.pk)
    if former and former.text == text:
        raise ValidationError(_("C’est déjà le texte en vigueur : rien n’a été modifié."))
    number = former.number + 1 if former else 1
    charter = Charter(territory=territory, number=number, text=text, written_by_id=scope.user_id)
    charter.written_at = at or timezone.now()
    # Of two texts written at once the second finds its number taken.
    with refused_as(StaleError(territory, state_of(territory), version)):
        charter.save(force_insert=True)
    write_entry(scope, AuditAction.CREATE, charter, organisation_id=territory.organisation_id, number=number)
    for user_id in sorted(set(members(territory.pk).values_list("user_id", flat=True))):
        outbox.send(send_awaited, user_id)
    return charter


@transaction.atomic
def accept(scope: Scope, *, charter: Charter, at: dt.datetime | None = None) -> None:
    """Accept the current text of a charter, for all circles of its territory.

    Raises:
        ValidationError: another text has replaced it since it was shown.
    """
    if current_charter(charter.territory_id) != charter:
        raise ValidationError(_("La charte vient de changer : lisez le nouveau texte avant de l’accepter."))
    _acceptance, made = CharterAcceptance.objects.get_or_create(
        charter=charter, user_id=scope.person_id, defaults={"accepted_at": at or timezone.now()}
    )
    if made:
        write_entry(
            scope,
            AuditAction.UPDATE,
            charter,
            organisation_id=charter.territory.organisation_id,
            number=charter.number,
            accepted=True,
        )
