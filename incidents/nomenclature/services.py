"""Write the sub-types of territories, each with its journal entry."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.scope import Scope
from core.constraints import refused_as
from core.versions import State, check_version
from incidents.models import FactSubtype, FactType
from sites.models import Territory


def state_of(subtype: FactSubtype) -> State:
    """Return the fields that the form of a sub-type writes, with their values."""
    return {"label": subtype.label}


@transaction.atomic
def create_subtype(scope: Scope, *, territory: Territory, fact_type: FactType, label: str) -> FactSubtype:
    """Add a sub-type to a territory, attached to a shared type, whose gravity it has.

    Raises:
        ValidationError: the territory has one of that name, ended perhaps.
    """
    subtype = FactSubtype(territory=territory, fact_type=fact_type, label=label)
    with refused_as(_taken()):
        subtype.save()
    _write(scope, AuditAction.CREATE, subtype)
    return subtype


@transaction.atomic
def rename_subtype(scope: Scope, subtype: FactSubtype, *, label: str, version: str) -> FactSubtype:
    """Give a sub-type another name; its facts keep it, and its former names are kept with their days.

    Raises:
        StaleError: the sub-type is no longer in the ``version`` the form was opened on.
        ValidationError: the territory has one of that name, ended perhaps.
    """
    subtype = _locked(subtype)
    check_version(version, subtype, state_of(subtype))
    if label != subtype.label:
        subtype.former_labels.append([subtype.label, timezone.localdate().isoformat()])
    subtype.label = label
    with refused_as(_taken()):
        subtype.save(update_fields=["label", "former_labels"])
    _write(scope, AuditAction.UPDATE, subtype)
    return subtype


@transaction.atomic
def end_subtype(scope: Scope, subtype: FactSubtype) -> FactSubtype:
    """End a sub-type: it is offered no more; the facts that have it keep it.

    Raises:
        ValidationError: it has ended already.
    """
    subtype = _locked(subtype)
    if subtype.ended_at:
        raise ValidationError(_("Cette précision est déjà terminée : rien n’a été modifié."))
    subtype.ended_at = timezone.now()
    subtype.save(update_fields=["ended_at"])
    _write(scope, AuditAction.CANCEL, subtype)
    return subtype


@transaction.atomic
def restore_subtype(scope: Scope, subtype: FactSubtype) -> FactSubtype:
    """Take the end of a sub-type back.

    Raises:
        ValidationError: it has not ended.
    """
    subtype = _locked(subtype)
    if not subtype.ended_at:
        raise ValidationError(_("Cette précision n’est pas terminée : rien n’a été modifié."))
    subtype.ended_at = None
    subtype.save(update_fields=["ended_at"])
    _write(scope, AuditAction.UPDATE, subtype, restored=True)
    return subtype


def _locked(subtype: FactSubtype) -> FactSubtype:
    held = FactSubtype.objects.select_for_update(of=("self",)).select_related("territory")
    return held.get(pk=subtype.pk)


def _taken() -> ValidationError:
    return ValidationError(
        _("Ce territoire a déjà une précision de ce nom pour cette nature, terminée peut-être.")
    )


def _write(scope: Scope, action: AuditAction, subtype: FactSubtype, **detail: Any) -> None:
    organisation = subtype.territory.organisation_id
    write_entry(
        scope, action, subtype, organisation_id=organisation, territory=subtype.territory_id, **detail
    )
