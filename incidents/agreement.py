"""Ask a person to agree to the changes of level that what they sent would make."""

from typing import Any

from django.db.models import Model
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from incidents.models import Incident, Lasting

from .foreseen import Attempt
from .outdated import VERSION


def asked(
    request: HttpRequest,
    form: BaseForm,
    shown: dict[str, Any],
    foreseen: Attempt[Any],
    template: str,
) -> HttpResponse:
    """Show the form again with the changes of level that it would make, for the person to agree to them."""
    return render(request, template, {"form": form, **shown, "foreseen": foreseen})


def agree(
    request: HttpRequest,
    tried: Attempt[Any],
    *,
    heading: str | Promise,
    subject: Model,
    back: str,
) -> HttpResponse:
    """Ask for the word of the person on the changes of level that one click would make.

    Args:
        request: what was sent by that click.
        tried: the change, taken back.
        heading: the act.
        subject: the record.
        back: the page to return to.
    """
    context = {
        "heading": heading,
        "subject": subject,
        "foreseen": tried,
        "next": request.POST.get("next", ""),
        "version": request.POST.get(VERSION, ""),
        "back": back,
    }
    return render(request, "incidents/agree.html", context)


def shut_or(record: Incident | Lasting, counts: str | Promise) -> str:
    """Return what is said of a record whose cancellation was taken back: ``counts``, unless its place is closed."""
    shut = [place for place in (record.address, record.residence) if place and place.closed_on]
    if not shut:
        return str(counts)
    return _("Rétabli, mais %(place)s est fermée : plus rien n’y compte.") % {"place": shut[0]}
