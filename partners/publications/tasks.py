"""Make publications in the worker."""

from celery import shared_task
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.scope import acting_as, load_user, system_scope
from core.jobs import JobError, Progress, running
from partners.models import PublicationRequest

from . import freezing


@shared_task
def make_publication(request_id: int, user_id: int, site_url: str = "") -> None:
    """Publish the levels of a territory to a circle, as the coordinator who asks sees them at one moment.

    They are read in one transaction and published in another, as for notes (:mod:`partners.notes.tasks`).
    """
    user = load_user(user_id)
    with system_scope("jobs"):
        request = PublicationRequest.objects.filter(pk=request_id).first()
    if request is None:
        return
    with override(user.language), running(request) as progress:
        if progress:
            with acting_as(user, still=True):
                asked = _asked(request_id)
                state = _state(asked, progress)
            # What took minutes to freeze is published by whoever still may ask for it.
            with acting_as(load_user(user_id)) as scope:
                freezing.answer(scope, _asked(request_id), state, site_url=site_url)


def _state(asked: PublicationRequest, progress: Progress) -> freezing.State:
    if asked.closing:
        return freezing.closed_state(asked.circle, asked.closing)
    return freezing.state_of(asked.circle, asked.as_of, progress.update)


def _asked(request_id: int) -> PublicationRequest:
    """Return the request, with its circle and territory.

    Raises:
        JobError: the acting person no longer sees the request.
    """
    requests = PublicationRequest.objects.select_related(
        "circle__territory", "supersedes", "closing__campaign__grid_version", "closing__territory"
    )
    request = requests.filter(pk=request_id).first()
    if request is None:
        raise JobError(_("La personne qui l’a demandé ne coordonne plus ce territoire."))
    return request
