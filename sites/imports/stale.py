"""Answer a page of an import that was taken further since it was opened: in another tab, or by somebody else."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from sites.models import ImportRun


def moved_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Lead to where an import is now, and say so; 404 for one that the person does not see."""
    run = get_object_or_404(ImportRun.objects.only("pk"), pk=pk)
    messages.info(request, _("Cet import a avancé depuis l’ouverture de la page : voici où il en est."))
    return redirect("sites:import_detail", run.pk)
