"""Provide the helpers of the tests of circles, publications and notes."""

import datetime as dt
import io

from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.enums import Role
from accounts.models import AuditEntry, Organisation
from accounts.scope import acting_as, system_scope
from partners.models import NoteCopy, Publication, PublishedSite, SynthesisNote
from partners.notes.content import freeze
from partners.notes.services import issue_note
from partners.publications.positions import name_of
from partners.publications.services import publish
from tests import factories as f


def today() -> dt.date:
    return timezone.localdate()


def publication_of(side, *, as_of: dt.date | None = None) -> Publication:
    with acting_as(side.coordinator) as scope:
        return publish(scope, circle=side.circle, as_of=as_of or today())


def draft_of(side, *, landlord=None, as_of: dt.date | None = None) -> SynthesisNote:
    with acting_as(side.coordinator):
        note = SynthesisNote.objects.create(
            territory=side.territory, landlord=landlord, as_of=as_of or today()
        )
        freeze(note)
        return note


def issued_of(side, **about) -> SynthesisNote:
    note = draft_of(side, **about)
    with acting_as(side.coordinator) as scope:
        issue_note(scope, note, circle=side.circle)
    return note


def copy_of(note: SynthesisNote, user) -> NoteCopy:
    with system_scope("seeding"):
        return NoteCopy.objects.get(note=note, mandate__user=user)


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page, with plain spaces."""
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    return [page.replace("\u202f", " ").replace("\xa0", " ").replace("\u2011", "-") for page in pages]


def journal(actor) -> list[tuple[str, str, int]]:
    """What the journal says ``actor`` did: action, object, organisation; oldest first.

    Nobody reads the whole journal; the tests ask as each organisation's data-protection officer.
    """
    with system_scope("seeding"):
        officer = f.UserFactory()
        for organisation in Organisation.objects.all():
            f.MembershipFactory(user=officer, organisation=organisation, role=Role.DPO)
    with acting_as(officer):
        rows = AuditEntry.objects.filter(actor=actor).order_by("id")
        return [(row.action, row.object_type, row.organisation_id) for row in rows]


def site_address(publication_id: int, rank: int) -> str:
    """Return the address of the site that a publication ranks there."""
    with system_scope("seeding"):
        site = PublishedSite.objects.get(publication=publication_id, rank=rank)
    return reverse("partners:site", args=[publication_id, name_of(site.pk, site.key)])
