from django.utils import timezone

from accounts.enums import Role
from accounts.scope import acting_as, system_scope
from classification.models import Closing
from core.jobs import JobState
from partners.charters.services import state_of as charter_state
from partners.circles.services import precision_of, state_of
from partners.models import Notice, Publication, PublicationRequest, SynthesisNote, Withdrawal
from partners.notes.content import freeze
from partners.notes.services import issue_note
from partners.notes.terms import latest_end, usual_end
from partners.notes.terms import state_of as terms_state
from partners.publications.positions import name_of
from partners.publications.services import publish, request_publication
from partners.withdrawals.services import state_of as withdrawal_state
from partners.withdrawals.services import take_away
from partners.withdrawals.telling import state_of as notice_state
from tests import campaigning, plenary, publishing
from tests import factories as f
from tests.access.people import own, person, town, town_and_landlord
from tests.versions import planted

COORDINATOR, LEAD, PARTNER = Role.COORDINATOR, Role.LEAD, Role.PARTNER


def _charter(side):
    with system_scope("seeding"):
        return f.CharterFactory(territory=side.territory)


def _first_site(publication):
    with system_scope("seeding"):
        site = publication.sites.get(rank=1)
    return {"pk": publication.pk, "name": name_of(site.pk, site.key)}


def _publication(side):
    with acting_as(side.coordinator) as scope:
        return publish(scope, circle=side.circle, as_of=timezone.localdate())


def _request(side):
    with acting_as(side.coordinator) as scope:
        return request_publication(scope, circle=side.circle, as_of=timezone.localdate())[0]


def _failed_request(side):
    asked = _request(side)
    with acting_as(side.coordinator):
        PublicationRequest.objects.filter(pk=asked.pk).update(state=JobState.FAILED)
    return asked


def _note(side, *, issued):
    with acting_as(side.coordinator) as scope:
        note = SynthesisNote.objects.create(
            territory=side.territory, landlord=side.landlord, as_of=timezone.localdate()
        )
        freeze(note)
        SynthesisNote.objects.filter(pk=note.pk).update(state=JobState.DONE)
        if issued:
            issue_note(scope, note, circle=side.circle)
    return note


def _failed_note(side):
    with acting_as(side.coordinator):
        return SynthesisNote.objects.create(
            territory=side.territory,
            landlord=side.landlord,
            as_of=timezone.localdate(),
            state=JobState.FAILED,
        )


def _copy(side):
    note = _note(side, issued=True)
    with acting_as(side.coordinator):
        return note.copies.get().pk


def _withdrawn(side):
    publication = _publication(side)
    with acting_as(side.coordinator) as scope:
        take_away(scope, Publication.objects.get(pk=publication.pk), reason="Saisie erronée")
    return publication


def _withdrawn_note(side):
    note = _note(side, issued=True)
    with acting_as(side.coordinator) as scope:
        take_away(scope, SynthesisNote.objects.get(pk=note.pk), reason="Saisie erronée")
    return note


def _reason_for(model):
    """The reason of the withdrawal of the row planted last, and the version that its form would send."""

    def data(_world):
        with system_scope("seeding"):
            last = model.objects.latest("pk")
        return {"reason": "Saisie erronée"} | planted(last, withdrawal_state)

    return data


def _notice(side, user):
    """What a person is told of a publication of that side."""
    withdrawn = _withdrawn(side)
    with system_scope("seeding"):
        found = Withdrawal.objects.get(publication=withdrawn)
        return {"pk": Notice.objects.create(withdrawal=found, user=user).pk}


def _shown(_world):
    """The version of what is told by the notice that was planted last."""
    with system_scope("seeding"):
        return planted(Notice.objects.latest("pk"), notice_state)


def _pair(**row):
    """A row whose object exists on both sides: ``pk`` makes one for a side."""
    make = row.pop("make")
    return row | {"kwargs": lambda w: make(w.a), "foreign": lambda w: make(w.b)}


def _longer(_world):
    """A later end of the copies of the note planted last, and the version that its form would send."""
    with system_scope("seeding"):
        last = SynthesisNote.objects.latest("pk")
    return {"until": latest_end().isoformat()} | planted(last, terms_state)


def _circle_data(world):
    return {
        "territory": world.a.territory.pk,
        "name": "Nouvelle",
        "purpose": "Essai",
        "precision": "neighbourhood",
        "starts_on": "2026-01-01",
    }


def _released(side):
    return {"pk": plenary.planted(side).pk}


def _failed_release(side):
    return {"pk": plenary.planted(side, JobState.FAILED).pk}


def _to_release(side):
    """A closed campaign that has something to tell: of three landlords that share with the side."""
    # Not by its name: a test writes any text into it.
    with system_scope("seeding"):
        commune = side.territory.communes.order_by("pk").first()
    landlords = plenary.town_of(side, commune)
    return {"pk": plenary.closing_of(side, landlords).campaign_id}


def _shown_content(world):
    """What the page of the campaign closed last shows, and that it was read."""
    with system_scope("seeding"):
        closing = Closing.objects.filter(territory=world.a.territory).select_related("campaign").last()
    digest = plenary.ready(world.a, closing).digest if closing else "0" * 64
    return {"digest": digest, "public": "on"}


def _closed(side):
    """A campaign of today that is closed: the last of its territory, where a test asks for it again."""
    with system_scope("seeding"):
        found = Closing.objects.select_related("campaign").filter(territory=side.territory).last()
    return found or campaigning.closed(side)


def _to_publish(side):
    return {"pk": _closed(side).campaign_id, "circle": side.circle.pk}


def _shown_version(world):
    """What the page of the campaign closed last shows to the circle of side A."""
    return publishing.as_shown(world.a, _closed(world.a))


ROWS = {
    "partners:plenary_releases": {"GET": {COORDINATOR, LEAD, PARTNER}},
    "partners:plenary_release": _pair(GET={COORDINATOR, LEAD, PARTNER}, make=_released),
    "partners:plenary_document": _pair(GET={COORDINATOR, LEAD, PARTNER}, make=_released),
    "partners:campaign_circles": _pair(GET={COORDINATOR}, make=lambda s: {"pk": _closed(s).campaign_id}),
    "partners:campaign_publish": _pair(
        GET={COORDINATOR}, POST={COORDINATOR}, data=_shown_version, journal=town, make=_to_publish
    ),
    "partners:plenary_prepare": _pair(
        GET={COORDINATOR}, POST={COORDINATOR}, data=_shown_content, journal=town, make=_to_release
    ),
    "partners:plenary_retry": _pair(POST={COORDINATOR}, journal=town, make=_failed_release),
    "partners:plenary_abandon": _pair(POST={COORDINATOR}, journal=town, make=_failed_release),
    "partners:plenary_withdraw": _pair(
        GET={COORDINATOR},
        POST={COORDINATOR},
        data=lambda _w: {"reason": "Faits mal placés."},
        journal=town_and_landlord,
        make=_released,
    ),
    "partners:dashboard": {"GET": {COORDINATOR}},
    "partners:territory_dashboard": _pair(GET={COORDINATOR}, make=lambda s: {"pk": s.territory.pk}),
    "partners:circles": {"GET": {COORDINATOR, PARTNER}},
    "partners:circle_create": {
        "GET": {COORDINATOR},
        "POST": {COORDINATOR},
        "data": _circle_data,
        "journal": town,
    },
    "partners:circle": _pair(GET={COORDINATOR, PARTNER}, make=lambda s: {"pk": s.circle.pk}),
    "partners:circle_edit": _pair(
        GET={COORDINATOR},
        POST={COORDINATOR},
        data=lambda w: _circle_data(w) | planted(w.a.circle, state_of),
        make=lambda s: {"pk": s.circle.pk},
        journal=town,
    ),
    "partners:circle_precision": _pair(
        GET={COORDINATOR},
        POST={COORDINATOR},
        data=lambda w: {"precision": "residence"} | planted(w.a.circle, precision_of),
        make=lambda s: {"pk": s.circle.pk},
        journal=town,
    ),
    "partners:circle_end": _pair(POST={COORDINATOR}, journal=town, make=lambda s: {"pk": s.circle.pk}),
    "partners:mandate_create": _pair(
        GET={COORDINATOR},
        POST={COORDINATOR},
        data=lambda w: {
            "email": w.b.partner.email,
            "full_name": "Comme écrit",
            "organisation": w.a.police.pk,
            "starts_on": "2026-01-01",
        },
        journal=lambda w, _who: {w.a.town.pk, w.a.police.pk},
        make=lambda s: {"pk": s.circle.pk},
    ),
    "partners:charter": _pair(GET={COORDINATOR, PARTNER}, make=lambda s: {"pk": _charter(s).territory_id}),
    "partners:charter_write": _pair(
        GET={COORDINATOR},
        POST={COORDINATOR},
        data=lambda w: {"text": "Chacun se tait."} | planted(w.a.territory, charter_state),
        journal=town,
        make=lambda s: {"pk": s.territory.pk},
    ),
    "partners:charter_accept": _pair(POST={PARTNER}, journal=town, make=lambda s: {"pk": _charter(s).pk}),
    "partners:mandate_end": _pair(POST={COORDINATOR}, journal=town, make=lambda s: {"pk": s.mandate.pk}),
    "partners:publish": _pair(
        GET={COORDINATOR},
        POST={COORDINATOR},
        query=lambda w: {"as_of": timezone.localdate().isoformat()},
        data=lambda w: {"as_of": timezone.localdate().isoformat()},
        journal=town,
        make=lambda s: {"pk": s.circle.pk},
    ),
    "partners:publication_request": _pair(GET={COORDINATOR}, make=lambda s: {"pk": _request(s).pk}),
    "partners:publication_request_retry": _pair(
        POST={COORDINATOR}, journal=town, make=lambda s: {"pk": _request(s).pk}
    ),
    "partners:publication_request_abandon": _pair(
        POST={COORDINATOR}, journal=town, make=lambda s: {"pk": _failed_request(s).pk}
    ),
    "partners:publications": {"GET": {COORDINATOR, LEAD, PARTNER}},
    "partners:publication": _pair(
        GET={COORDINATOR, LEAD, PARTNER}, make=lambda s: {"pk": _publication(s).pk}
    ),
    "partners:publication_points": _pair(
        GET={COORDINATOR, LEAD, PARTNER}, make=lambda s: {"pk": _publication(s).pk}
    ),
    "partners:site": _pair(GET={COORDINATOR, LEAD, PARTNER}, make=lambda s: _first_site(_publication(s))),
    "partners:publication_withdraw": _pair(
        GET={COORDINATOR},
        POST={COORDINATOR},
        data=_reason_for(Publication),
        journal=town_and_landlord,
        make=lambda s: {"pk": _publication(s).pk},
    ),
    "partners:publication_restore": _pair(
        POST={COORDINATOR}, journal=town_and_landlord, make=lambda s: {"pk": _withdrawn(s).pk}
    ),
    "partners:publication_supersede": _pair(
        GET={COORDINATOR},
        POST={COORDINATOR},
        data=_reason_for(Publication),
        journal=town,
        make=lambda s: {"pk": _publication(s).pk},
    ),
    "partners:notices": {"GET": {COORDINATOR, LEAD, PARTNER}},
    "partners:notices_by_mail": {
        "POST": {COORDINATOR, LEAD, PARTNER},
        "data": lambda w: {"told": "no"},
        "journal": own,
    },
    "partners:notice_seen": {
        "POST": {COORDINATOR, LEAD, PARTNER},
        "kwargs": lambda w: _notice(w.a, w.a.lead),
        "kwargs_for": lambda w, who: _notice(w.a, person(w, who)),
        "foreign": lambda w: _notice(w.b, w.b.partner),
        "data": _shown,
        "journal": own,
    },
    "partners:notes": {"GET": {COORDINATOR, LEAD, PARTNER}},
    "partners:note_create": {
        "GET": {COORDINATOR},
        "POST": {COORDINATOR},
        "data": lambda w: {"territory": w.a.territory.pk, "as_of": timezone.localdate().isoformat()},
        "journal": town,
    },
    "partners:note": _pair(GET={COORDINATOR}, make=lambda s: {"pk": _note(s, issued=True).pk}),
    "partners:note_retry": _pair(POST={COORDINATOR}, journal=town, make=lambda s: {"pk": _failed_note(s).pk}),
    "partners:note_abandon": _pair(
        POST={COORDINATOR}, journal=town, make=lambda s: {"pk": _note(s, issued=False).pk}
    ),
    "partners:note_issue": _pair(
        POST={COORDINATOR},
        data=lambda w: {"circle": w.a.circle.pk, "until": usual_end().isoformat()},
        journal=town_and_landlord,
        make=lambda s: {"pk": _note(s, issued=False).pk},
    ),
    "partners:note_term": _pair(
        GET={COORDINATOR},
        POST={COORDINATOR},
        data=_longer,
        journal=town_and_landlord,
        make=lambda s: {"pk": _note(s, issued=True).pk},
    ),
    "partners:note_withdraw": _pair(
        GET={COORDINATOR},
        POST={COORDINATOR},
        data=_reason_for(SynthesisNote),
        journal=town_and_landlord,
        make=lambda s: {"pk": _note(s, issued=True).pk},
    ),
    "partners:note_restore": _pair(
        POST={COORDINATOR}, journal=town_and_landlord, make=lambda s: {"pk": _withdrawn_note(s).pk}
    ),
    "partners:note_supersede": _pair(
        GET={COORDINATOR},
        POST={COORDINATOR},
        data=_reason_for(SynthesisNote),
        journal=town,
        make=lambda s: {"pk": _note(s, issued=True).pk},
    ),
    "partners:note_document": _pair(GET={COORDINATOR, LEAD}, make=lambda s: {"pk": _note(s, issued=True).pk}),
    "partners:copy_document": _pair(GET={PARTNER}, make=lambda s: {"pk": _copy(s)}),
    "partners:copy_revoke": _pair(POST={COORDINATOR}, journal=town, make=lambda s: {"pk": _copy(s)}),
}
