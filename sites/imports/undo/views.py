"""Say what an undoing will do, and ask for it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.access import ScopedRequest, for_roles
from accounts.enums import Role
from core.pages import form_page
from sites.models import ImportRun

from . import services
from .tasks import undo_import


@form_page
@for_roles(Role.LEAD)
def import_undo(request: ScopedRequest, pk: int) -> HttpResponse:
    """Show what undoing an import, or what was left of it, removes, restores and keeps; on a POST, ask a worker to do it."""
    run = get_object_or_404(ImportRun.objects.defer("report"), pk=pk)
    if not services.may_undo(run):
        messages.info(request, _("Cet import n’est pas à annuler."))
        return redirect("sites:import_detail", run.pk)
    if request.method == "POST":
        services.ask(request.scope, run, then=undo_import)
        return redirect("sites:import_detail", run.pk)
    lines = services.foresee(run)
    goes = any(line.removed or line.restored for line in lines)
    context = {"run": run, "lines": lines, "goes": goes, "again": services.is_undone(run)}
    return render(request, "sites/import_undo.html", context)
