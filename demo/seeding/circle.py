"""Plant the restricted circles of the fiction: their mandates, publications and notes."""

import datetime as dt

from django.utils import timezone

from accounts.enums import Role
from accounts.models import Proposal, User
from accounts.proposals.answering import accept
from accounts.scope import Scope, acting_as
from classification.models import Campaign, CampaignState
from core.jobs import JobState
from core.versions import version_of
from partners.charters import services as charters
from partners.circles.invitations import Invited, propose
from partners.circles.services import create_circle
from partners.closings import last_closing
from partners.enums import Precision
from partners.models import Charter, Circle, SynthesisNote
from partners.notes.content import freeze
from partners.notes.services import issue_note
from partners.publications.services import publish, publish_closing

from .people import People
from .stock import Stock

# Half a year apart. A publication follows two days after the day it shows.
_GIVEN_DAYS_AGO = (200, 17)
_MORNING = dt.time(10, 15)
_WRITTEN, _JOINED = dt.timedelta(295), dt.timedelta(290)
# What the page shows, on lines as they stand in it.
_CHARTER = """Charte de confidentialité de la cellule tranquillité de Brumeval

Article 1 – Objet
La cellule réunit les bailleurs, la commune, la police, la gendarmerie, la justice et l’État pour décider ensemble des résidences où agir d’abord. Elle ne traite d’aucune personne en particulier.

Article 2 – Ce qui se partage
Les membres partagent les niveaux des résidences, leurs motifs et leurs tendances. Aucun nom, aucun signalement, aucun élément d’une enquête n’y figure, à l’écrit comme à l’oral.

Article 3 – Ce que chacun garde pour soi
Ce qui est lu ici ne quitte pas la cellule. Un exemplaire de la note est remis à une personne, qui en répond. Il n’est ni copié, ni transmis, ni laissé sur un bureau.

Article 4 – Ce que l’on n’en fait pas
Un niveau n’est opposé à personne, ni à un locataire, ni à un demandeur de logement, ni à un gardien. Il ne fonde aucune décision individuelle.

Article 5 – Durée
L’habilitation dure le temps de la fonction. Qui quitte la sienne le dit au coordonnateur, et rend ses exemplaires."""


def plant_circle(stock: Stock, people: People, today: dt.date) -> None:
    """Have the coordinator open a circle under a charter, give mandates, publish twice and issue two notes; the same by neighbourhood, without notes.

    The circle that reads sites is given what the last closed campaign froze, too.
    """
    with acting_as(people.by_role[Role.COORDINATOR]) as scope:
        circle = Circle(
            territory=stock.territory,
            name="Cellule tranquillité de Brumeval",
            purpose="Priorités communes et opérations conjointes dans les résidences",
            precision=Precision.ADDRESS,
            starts_on=today - dt.timedelta(300),
        )
        create_circle(scope, circle)
        charter = _write_charter(scope, stock, _morning(today - _WRITTEN))
        for partner in people.partners:
            _join(scope, circle, partner, today - _JOINED)
            with acting_as(partner) as own:
                charters.accept(own, charter=charter, at=_morning(today - _JOINED))
        # First, so that the publications which name sites are the latest.
        _plant_neighbourhoods(scope, stock, people.delegate, charter, today)
        for days_ago in _GIVEN_DAYS_AGO:
            as_of = today - dt.timedelta(days_ago)
            at = _morning(as_of + dt.timedelta(2))
            publish(scope, circle=circle, as_of=as_of, at=at)
            _issue(scope, circle, as_of, at)
        _publish_campaign(scope, circle)


def _publish_campaign(scope: Scope, circle: Circle) -> None:
    """Give a circle the levels of the last closed campaign, two days after it was closed."""
    closed = Campaign.objects.filter(territory=circle.territory, state=CampaignState.CLOSED)
    closing = last_closing(closed.latest("as_of"))
    if closing and closing.read_at:
        day = timezone.localdate(closing.read_at) + dt.timedelta(2)
        publish_closing(scope, circle=circle, closing=closing, at=_morning(day))


def _plant_neighbourhoods(
    scope: Scope, stock: Stock, delegate: User, charter: Charter, today: dt.date
) -> None:
    """Have the coordinator open a circle that is told numbers by neighbourhood, and publish twice to it."""
    circle = Circle(
        territory=stock.territory,
        name="Comité de pilotage des quartiers",
        purpose="Suivi du contrat de ville par quartier",
        precision=Precision.NEIGHBOURHOOD,
        starts_on=today - dt.timedelta(300),
    )
    create_circle(scope, circle)
    _join(scope, circle, delegate, today - _JOINED)
    with acting_as(delegate) as own:
        charters.accept(own, charter=charter, at=_morning(today - _JOINED))
    for days_ago in _GIVEN_DAYS_AGO:
        as_of = today - dt.timedelta(days_ago)
        publish(scope, circle=circle, as_of=as_of, at=_morning(as_of + dt.timedelta(2)))


def _morning(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, _MORNING))


def _write_charter(scope: Scope, stock: Stock, at: dt.datetime) -> Charter:
    """Have the coordinator put the charter of the fictional territory in force."""
    version = version_of(stock.territory, charters.state_of(stock.territory))
    return charters.write(scope, territory=stock.territory, text=_CHARTER, version=version, at=at)


def _join(scope: Scope, circle: Circle, partner: User, since: dt.date) -> None:
    """Invite a partner to the circle in their own organisation, and have them accept."""
    with acting_as(partner):
        held = partner.memberships.select_related("organisation").get(role=Role.PARTNER)
    invited = Invited(partner.email, partner.full_name, held.organisation)
    mandate = propose(scope, circle=circle, invited=invited, starts_on=since)
    with acting_as(partner) as own:
        accept(own, proposal=Proposal.objects.get(mandate=mandate))


def _issue(scope: Scope, circle: Circle, as_of: dt.date, at: dt.datetime) -> None:
    note = SynthesisNote.objects.create(
        territory=circle.territory, as_of=as_of, created_by_id=scope.user_id, state=JobState.DONE
    )
    freeze(note)
    SynthesisNote.objects.filter(pk=note.pk).update(created_at=at, finished_at=at)
    note.refresh_from_db()
    issue_note(scope, note, circle=circle, at=at)
