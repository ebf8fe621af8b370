import datetime as dt

from django.utils import timezone

from accounts.enums import Role
from accounts.scope import acting_as, system_scope
from classification.campaigns.services import deadline_of, state_of
from classification.engine.services import default_grid
from classification.models import Campaign, Closing, Contest, GridVersion
from core.jobs import JobState
from core.opaque import written
from tests.access.people import landlord, own, town, town_and_landlord
from tests.campaigning import asked, closed, drafted, opened, proposed
from tests.deciding import decides, version_for
from tests.governing import WHY, grid
from tests.governing import proposed as proposed_grid
from tests.versions import planted
from tests.watching import rest_data, rested, watched
from tests.workshops import contested, contests, noted_version, settled

READERS = {Role.AGENT, Role.LEAD, Role.COORDINATOR}


def _confirmation(world):
    key = written("residence", world.a.residence.pk)
    return {"only": key, f"version-{key}": version_for(world.a.residence)}


def _decided(side):
    return decides(side.lead, side.residence, 4, "Vu sur place.")


def _pair(make, **row):
    """A row about an object that exists on both sides: ``make`` plants one for a side and returns its key."""
    return row | {"kwargs": lambda w: {"pk": make(w.a).pk}, "foreign": lambda w: {"pk": make(w.b).pk}}


def _draft_data(world):
    today = timezone.localdate().isoformat()
    return {"name": "Diagnostic", "as_of": today, "deadline": today, "grid_version": _grid(),
        "landlords": [written("organisation", world.a.landlord.pk)]}  # fmt: skip


def _grid() -> str:
    with system_scope("seeding"):
        return default_grid().name


def _sent_draft(world):
    with system_scope("seeding"):
        return _draft_data(world) | planted(Campaign.objects.latest("pk"), state_of)


def _deadline(_world):
    with system_scope("seeding"):
        return {"deadline": timezone.localdate().isoformat()} | planted(
            Campaign.objects.latest("pk"), deadline_of
        )


def _closed(side):
    return closed(side).campaign


def _compared(side):
    """A campaign with another one before it."""
    yesterday = timezone.localdate() - dt.timedelta(1)
    closed(side, opened(side, as_of=yesterday, name="Avant"))
    return _closed(side)


def _failed(side):
    closing = asked(side, opened(side))
    with acting_as(side.coordinator):
        Closing.objects.filter(pk=closing.pk).update(state=JobState.FAILED)
    return closing


def _asking(side):
    """An open campaign with the levels that it proposes."""
    campaign = opened(side)
    proposed(campaign)
    return campaign


def _proposal(_world):
    with system_scope("seeding"):
        version = GridVersion.objects.filter(name="Locale").first()
    version = version or grid(name="Locale")
    return {
        "grille": written("grid", version.pk),
        "starts_on": timezone.localdate().isoformat(),
        "reason": WHY,
    }


def _town_and_all_that_share(world, _who):
    """The town and every landlord under a live agreement with it."""
    return {world.a.town.pk, world.a.landlord.pk, world.c.landlord.pk, world.d.landlord.pk}


def _acceptance(world):
    return {"landlord": written("organisation", world.a.landlord.pk), "answer": "accept"}


def _workshop_site(make):
    """A row about a site in a campaign of its side."""
    return {
        "kwargs": lambda w: {"pk": make(w.a).pk, "residence": w.a.residence.pk},
        "foreign": lambda w: {"pk": make(w.b).pk, "residence": w.b.residence.pk},
    }


def _contested_by(world, who):
    """A contest that the person may take back."""
    person = world.people[who] if who in {Role.LEAD, Role.COORDINATOR} else world.a.lead
    return {"pk": contests(person, _asking(world.a), world.a.residence).pk}


def _conclusion(world):
    with system_scope("evaluation"):
        contest = Contest.objects.latest("pk")
    return {
        "conclusion": "Les abords pèsent davantage.",
        "recommended": "3",
        "version": noted_version(contest),
    }


COORDINATOR = {Role.COORDINATOR}
_ENDS = {Role.LEAD, Role.COORDINATOR}
_REASON = {"reason": "Des faits sont venus après coup."}
ROWS = {
    "classification:campaigns": {"GET": {Role.LEAD, Role.COORDINATOR}},
    "classification:campaign": _pair(_closed, GET={Role.LEAD, Role.COORDINATOR}),
    "classification:campaign_create": {
        "GET": COORDINATOR,
        "POST": COORDINATOR,
        "journal": town,
        "data": _draft_data,
        "kwargs": lambda w: {"pk": w.a.territory.pk},
        "foreign": lambda w: {"pk": w.b.territory.pk},
    },
    "classification:campaign_edit": _pair(
        drafted, GET=COORDINATOR, POST=COORDINATOR, journal=town, data=_sent_draft
    ),
    "classification:campaign_delete": _pair(drafted, POST=COORDINATOR, journal=town),
    "classification:campaign_open": _pair(drafted, POST=COORDINATOR, journal=town_and_landlord),
    "classification:campaign_deadline": _pair(
        opened, GET=COORDINATOR, POST=COORDINATOR, journal=town_and_landlord, data=_deadline
    ),
    "classification:campaign_cancel": _pair(
        opened, GET=COORDINATOR, POST=COORDINATOR, journal=town_and_landlord, data=lambda _w: _REASON
    ),
    "classification:campaign_queue": _pair(opened, GET={Role.LEAD}),
    "classification:campaign_comparison": _pair(_closed, GET={Role.LEAD, Role.COORDINATOR}),
    "classification:campaign_comparison_export": {
        "GET": {Role.LEAD, Role.COORDINATOR},
        "kwargs": lambda w: {"pk": _compared(w.a).pk, "kind": "csv"},
        "foreign": lambda w: {"pk": _compared(w.b).pk, "kind": "csv"},
    },
    "classification:campaign_remind": _pair(_asking, POST=COORDINATOR, journal=town_and_landlord),
    "classification:campaign_close": _pair(opened, POST=COORDINATOR, journal=town),
    "classification:campaign_correct": _pair(
        _closed, GET=COORDINATOR, POST=COORDINATOR, journal=town, data=lambda _w: _REASON
    ),
    "classification:closing_retry": _pair(_failed, POST=COORDINATOR, journal=town),
    "classification:closing_abandon": _pair(_failed, POST=COORDINATOR, journal=town),
    "classification:workshop": _pair(_asking, GET=COORDINATOR),
    "classification:workshop_site": _workshop_site(_asking) | {"GET": COORDINATOR},
    "classification:workshop_minutes": _pair(_asking, GET=COORDINATOR),
    "classification:contest_site": _workshop_site(_asking)
    | {
        "GET": _ENDS,
        "POST": _ENDS,
        "journal": town_and_landlord,
        "data": lambda _w: {"reason": "Le hall compte moins que les abords."},
    },
    "classification:contest_take_back": {
        "POST": _ENDS,
        "journal": town_and_landlord,
        "kwargs_for": _contested_by,
        "kwargs": lambda w: _contested_by(w, Role.LEAD),
        "foreign": lambda w: {"pk": contested(w.b).pk},
    },
    "classification:contest_settle": _pair(
        contested, GET=COORDINATOR, POST=COORDINATOR, journal=town_and_landlord, data=_conclusion
    ),
    "classification:follow_workshop": _pair(
        settled,
        POST={Role.LEAD},
        journal=landlord,
        data=lambda w: {f"version-{written('residence', w.a.residence.pk)}": version_for(w.a.residence)},
    ),
    "classification:home": {"GET": {Role.LEAD}},
    "classification:my_facts": {"GET": {Role.AGENT, Role.LEAD}},
    "classification:residences": {"GET": READERS},
    "classification:export": {
        "GET": READERS,
        "kwargs": lambda _world: {"kind": "csv"},
        "foreign": lambda _world: {"kind": "exe"},
    },
    "classification:residence": {
        "GET": READERS,
        "kwargs": lambda world: {"pk": _decided(world.a).residence_id},
        "foreign": lambda world: {"pk": world.b.residence.pk},
    },
    "classification:decisions": {"GET": {Role.LEAD}},
    "classification:confirm_levels": {
        "POST": {Role.LEAD},
        "data": _confirmation,
        "journal": landlord,
    },
    "classification:decide_level": {
        "GET": {Role.LEAD},
        "POST": {Role.LEAD},
        "kwargs": lambda world: {"pk": _decided(world.a).residence_id},
        "foreign": lambda world: {"pk": world.b.residence.pk},
        "data": lambda world: {
            "retained": 2,
            "reason": "Vu sur place.",
            "version": version_for(world.a.residence),
        },
        "journal": landlord,
    },
    "classification:withdraw_decision": {
        "GET": {Role.LEAD},
        "POST": {Role.LEAD},
        "kwargs": lambda world: {"pk": _decided(world.a).pk},
        "foreign": lambda world: {"pk": _decided(world.b).pk},
        "data": lambda _world: {"end_reason": "Saisie par erreur."},
        "journal": landlord,
    },
    "classification:history": {"GET": {Role.LEAD}},
    "classification:history_export": {
        "GET": {Role.LEAD},
        "kwargs": lambda _world: {"kind": "csv"},
        "foreign": lambda _world: {"kind": "exe"},
    },
    "classification:territory_history": {
        "GET": COORDINATOR,
        "kwargs": lambda w: {"pk": w.a.territory.pk},
        "foreign": lambda w: {"pk": w.b.territory.pk},
    },
    "classification:territory_history_export": {
        "GET": COORDINATOR,
        "kwargs": lambda w: {"pk": w.a.territory.pk, "kind": "csv"},
        "foreign": lambda w: {"pk": w.b.territory.pk, "kind": "csv"},
    },
    "classification:indicators": {"GET": {Role.LEAD, Role.COORDINATOR}},
    "classification:indicators_export": {
        "GET": {Role.LEAD, Role.COORDINATOR},
        "kwargs": lambda _world: {"kind": "csv"},
        "foreign": lambda _world: {"kind": "exe"},
    },
    "classification:watch": {"GET": {Role.LEAD, Role.COORDINATOR}},
    "classification:watch_export": {
        "GET": {Role.LEAD, Role.COORDINATOR},
        "kwargs": lambda _world: {"kind": "csv"},
        "foreign": lambda _world: {"kind": "exe"},
    },
    "classification:rest": {
        "GET": {Role.LEAD, Role.COORDINATOR},
        "POST": {Role.LEAD, Role.COORDINATOR},
        "kwargs": lambda world: {"pk": watched(world.a).pk},
        "foreign": lambda world: {"pk": watched(world.b).pk},
        "data": rest_data,
        "journal": own,
    },
    "classification:rest_end": {
        "POST": {Role.LEAD, Role.COORDINATOR},
        "kwargs": lambda world: {"pk": rested(world.a).pk},
        "kwargs_for": lambda world, who: {"pk": rested(world.a, who).pk},
        "foreign": lambda world: {"pk": rested(world.b).pk},
        "journal": own,
    },
    "classification:map": {"GET": READERS},
    "classification:map_data": {"GET": READERS, "query": lambda _world: {"bbox": "-5,42,9,51", "zoom": "6"}},
    "classification:grid": {"GET": set(Role)},
    "classification:grid_versions": {"GET": set(Role)},
    "classification:grid_version": {
        "GET": set(Role),
        "kwargs": lambda _world: {"pk": default_grid().pk},
        "public_object": True,
    },
    "classification:adoption": _pair(proposed_grid, GET={Role.LEAD, Role.COORDINATOR}),
    "classification:adoption_create": {
        "GET": COORDINATOR,
        "POST": COORDINATOR,
        "journal": _town_and_all_that_share,
        "data": _proposal,
        "kwargs": lambda w: {"pk": w.a.territory.pk},
        "foreign": lambda w: {"pk": w.b.territory.pk},
    },
    "classification:adoption_answer": _pair(
        proposed_grid, GET={Role.LEAD}, POST={Role.LEAD}, data=_acceptance, journal=town_and_landlord
    ),
    "classification:adoption_withdraw": _pair(
        proposed_grid,
        GET=COORDINATOR,
        POST=COORDINATOR,
        data=lambda _w: {"reason": WHY},
        journal=_town_and_all_that_share,
    ),
    "classification:simulator": {
        "GET": {Role.LEAD, Role.COORDINATOR},
        "query": lambda _world: {"c33": "3"},
    },
    "classification:simulator_export": {
        "GET": {Role.LEAD, Role.COORDINATOR},
        "kwargs": lambda _world: {"kind": "csv"},
        "foreign": lambda _world: {"kind": "exe"},
    },
}
