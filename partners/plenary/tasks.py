"""Make releases in the worker."""

from celery import shared_task
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.scope import acting_as, load_user, system_scope
from core.jobs import JobError, running
from partners.models import PlenaryRelease

from . import content, freezing


@shared_task
def make_release(release_id: int, user_id: int) -> None:
    """Freeze the aggregates of a campaign as the coordinator who releases them sees them at one moment."""
    user = load_user(user_id)
    with system_scope("jobs"):
        asked = PlenaryRelease.objects.filter(pk=release_id).first()
    if asked is None:
        return
    with override(user.language), running(asked) as progress:
        if progress:
            with acting_as(user, still=True):
                found = content.prepared(_asked(release_id).closing)
            # What took a while to read is released by whoever still may ask for it.
            with acting_as(load_user(user_id)) as scope:
                freezing.make(scope, _asked(release_id), found)


def _asked(release_id: int) -> PlenaryRelease:
    """Return the release, with its closing.

    Raises:
        JobError: the acting person no longer coordinates the territory.
    """
    rows = PlenaryRelease.objects.select_related(
        "campaign__territory", "closing__campaign__grid_version", "closing__territory__organisation",
        "territory",
    )  # fmt: skip
    asked = rows.filter(pk=release_id).first()
    if asked is None:
        raise JobError(_("La personne qui l’a demandé ne coordonne plus ce territoire."))
    return asked
