import datetime as dt

from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.scope import acting_as, system_scope
from core.versions import version_of
from incidents.bulk.services import Asked, carry_out
from incidents.facts import replies
from incidents.facts.services import state_of
from incidents.foreseen import AGREED
from incidents.models import (
    BulkAct,
    Confirmation,
    Disruption,
    FactReply,
    FactSubtype,
    FactType,
    Incident,
    LegalHold,
)
from incidents.nomenclature.services import state_of as subtype_state
from incidents.ongoing.states import state_of as ongoing_state
from incidents.retention.services import state_of_hold
from tests import factories as f
from tests.access.people import PROGRAM, landlord, person, town
from tests.versions import planted
from tests.world import signed_in

_WRITERS = {Role.AGENT, Role.LEAD}
_READERS = {*_WRITERS, Role.COORDINATOR}


def _fact(world):
    return {"pk": world.a.incidents[0].pk}


def _others_fact(world):
    return {"pk": world.b.incidents[0].pk}


def _others_record(name):
    return lambda world: {"pk": world.b.incidents[0].pk if name == "incident" else getattr(world.b, name).pk}


def _record(world, name):
    return world.a.incidents[0] if name == "incident" else getattr(world.a, name)


def _held(name):
    def kwargs(world):
        return {"pk": getattr(_hold_of(name)(world), f"{name}_id")}

    return kwargs


def _hold_of(name):
    def planted_hold(world):
        with system_scope("seeding"):
            hold, _made = LegalHold.objects.get_or_create(
                **{name: _record(world, name)},
                landlord=world.a.landlord,
                lifted_at=None,
                defaults={"reason": "Procédure"},
            )
        return hold

    return planted_hold


def _holds(name, suffix):
    """Return the rows of the pages that hold a record of a kind and lift its hold."""
    return {
        f"incidents:hold{suffix}": {
            "GET": {Role.LEAD},
            "POST": {Role.LEAD},
            "data": lambda world: {"reason": "Pièce d’une procédure"},
            "kwargs": lambda world: {"pk": _record(world, name).pk},
            "foreign": _others_record(name),
            "journal": landlord,
        },
        f"incidents:lift{suffix}": {
            "POST": {Role.LEAD},
            "kwargs": _held(name),
            "foreign": _others_record(name),
            "journal": landlord,
            "data": lambda world: planted(_hold_of(name)(world), state_of_hold),
        },
    }


def _entry(world):
    return {
        "token": "00000000-0000-4000-8000-000000000001",
        "place": f"a{world.a.address.pk}",
        "fact_type": world.a.incidents[0].fact_type_id,
        "day": world.a.incidents[0].day.isoformat(),
        "source": "staff",
    }


def _entered_by_agent(side):
    with system_scope("seeding"):
        return {"pk": f.IncidentFactory(address=side.address, reported_by=side.agent).pk}


def _answer(world):
    """What the form of the answer to the fact that the agent entered last sends."""
    with system_scope("seeding"):
        fact = Incident.objects.filter(reported_by=world.a.agent).order_by("-pk").first()
        reply = FactReply(incident=fact or world.a.incidents[0])
    return {"answer": "Serrurier demandé", "version": version_of(reply, replies.state_of(reply))}


def _observation(world):
    return {"place": f"a{world.a.address.pk}", "fact_type": 1, "frequency": 3, "since": "2026-01-01"}


def _disruption(world):
    # It changes no level, so that it is saved without a question.
    return {
        "place": f"a{world.a.address.pk}",
        "service": "lift",
        "extent": "limited",
        "starts_on": "2026-01-01",
    }


def _reread(world):
    """A disruption of the staff's presence, entered under the former rule."""
    with system_scope("seeding"):
        disruption = f.DisruptionFactory(
            address=world.a.address, service="staff_presence", extent="partial", former_rule=True
        )
    return {"pk": disruption.pk}


def _rereading(world):
    """What is said of the disruption to read again that was planted last."""
    with system_scope("seeding"):
        last = Disruption.objects.filter(landlord=world.a.landlord).latest("pk")
    return {"extent": "partial"} | planted(last, ongoing_state)


def _just_entered(world, who):
    """A fact that somebody entered a moment ago."""
    with system_scope("seeding"):
        fact = f.IncidentFactory(address=world.a.address, reported_by=person(world, who))
    return {"pk": fact.pk}


def _just_confirmed(world, who):
    """An observation stated earlier, which somebody confirmed today."""
    with system_scope("seeding"):
        observation = f.StandingObservationFactory(address=world.a.address)
        today = timezone.localdate()
        f.ConfirmationFactory(observation=observation, day=today - dt.timedelta(9))
        Confirmation.objects.create(observation=observation, day=today, confirmed_by=person(world, who))
    return {"pk": observation.pk}


def _unseen(world):
    """A disruption that no lead has seen, chosen, with the version of what the list shows of it."""
    with system_scope("seeding"):
        made = f.DisruptionFactory(address=world.a.address, seen_at=None)
    return {"disruption": made.pk, f"version-{made.pk}": planted(made, ongoing_state)["version"]}


def _cancelled(factory):
    """A record that was cancelled, on the own side and on the foreign one."""

    def _plant(side):
        now = timezone.now()
        with system_scope("seeding"):
            planted = factory(
                address=side.address,
                cancelled_at=now,
                cancel_reason="Doublon",
                changed_at=now,
                changed_by=side.agent,
            )
        return {"pk": planted.pk}

    return {"kwargs": lambda world: _plant(world.a), "foreign": lambda world: _plant(world.b)}


def _correction(name, fields):
    return lambda world: fields(world) | planted(getattr(world.a, name), ongoing_state)


def _life(name, factory, fields):
    """The rows of what is done to one record, which nobody but the lead entered."""
    journal = {"journal": landlord}
    return {
        f"incidents:{name}": {"GET": _READERS, **_objects(name)},
        f"incidents:edit_{name}": {
            "GET": {Role.LEAD},
            "POST": {Role.LEAD},
            "data": _correction(name, fields),
            **journal,
            **_objects(name),
        },
        f"incidents:cancel_{name}": {
            "GET": {Role.LEAD},
            "POST": {Role.LEAD},
            "data": _correction(name, lambda _world: {"reason": "Doublon"}),
            **journal,
            **_objects(name),
        },
        f"incidents:restore_{name}": {"POST": {Role.LEAD}, **journal, **_cancelled(factory)},
    }


def _today(_world):
    return {"on": timezone.localdate().isoformat()}


def _objects(name):
    return {
        "kwargs": lambda world: {"pk": getattr(world.a, name).pk},
        "foreign": lambda world: {"pk": getattr(world.b, name).pk},
    }


def _body(world):
    return {
        "external_id": "essai",
        "fact_type": "NOISE",
        "residence": world.a.residence.reference,
        "day": "2026-01-01",
    }


def _unplaced(side):
    with system_scope("seeding"):
        return {"pk": f.UnplacedFactFactory(address=side.address).pk}


def _discarded(side):
    with system_scope("seeding"):
        planted = f.UnplacedFactFactory(
            address=side.address, discard_reason="Hors patrimoine", settled_at=timezone.now()
        )
        return {"pk": planted.pk}


def _act(side):
    """An act that cancelled a fact, as the lead of the side did it."""
    with system_scope("seeding"):
        fact = f.IncidentFactory(address=side.address)
    with acting_as(side.lead) as scope:
        asked = Asked(act="cancel", reason="Doublon")
        return {"pk": carry_out(scope=scope, facts=[fact.pk], asked=asked).act.pk}


def _last_act(world):
    with acting_as(world.a.lead):
        return BulkAct.objects.values_list("pk", flat=True).first()


def _fact_chosen(world):
    return {"fact": world.a.incidents[0].pk}


def _agreed(world, name, kwargs=None, **sent):
    """What a lead sends who agrees to what the page showed; nothing for an act that there is not."""
    if kwargs == {"pk": None}:
        return {}
    url = reverse(f"incidents:{name}", kwargs=kwargs)
    page = signed_in(world.a.lead).post(url, sent)
    return sent | {AGREED: page.context["tried"].key}


_ACT = {"kwargs": lambda world: _act(world.a), "foreign": lambda world: _act(world.b)}
_UNPLACED = {"kwargs": lambda world: _unplaced(world.a), "foreign": lambda world: _unplaced(world.b)}
_DISCARDED = {"kwargs": lambda world: _discarded(world.a), "foreign": lambda world: _discarded(world.b)}
_OBJECT = {"kwargs": _fact, "foreign": _others_fact}


def _subtype(side, *, ended=False):
    """The sub-type of a side's territory, made once for a world."""
    with system_scope("seeding"):
        noise = FactType.objects.get(code="NOISE")
        made, _ = FactSubtype.objects.update_or_create(
            territory=side.territory,
            fact_type=noise,
            label="Feux",
            defaults={"ended_at": timezone.now() if ended else None},
        )
    return made


_SUBTYPE = {
    "kwargs": lambda world: {"pk": _subtype(world.a).pk},
    "kwargs_for": lambda world, _who: {"pk": _subtype(world.a).pk},
    "foreign": lambda world: {"pk": _subtype(world.b).pk},
}


ROWS = {
    "incidents:subtypes": {"GET": {Role.COORDINATOR}},
    "incidents:create_subtype": {
        "GET": {Role.COORDINATOR},
        "POST": {Role.COORDINATOR},
        "data": lambda world: {
            "territory": world.a.territory.pk,
            "fact_type": FactType.objects.get(code="NOISE").pk,
            "label": "Pétards",
        },
        "journal": town,
    },
    "incidents:edit_subtype": {
        "GET": {Role.COORDINATOR},
        "POST": {Role.COORDINATOR},
        "journal": town,
        "data": lambda world: {"label": "Mortiers"} | planted(_subtype(world.a), subtype_state),
        **_SUBTYPE,
    },
    "incidents:end_subtype": {"POST": {Role.COORDINATOR}, "journal": town, **_SUBTYPE},
    "incidents:restore_subtype": {
        "POST": {Role.COORDINATOR},
        "journal": town,
        **_SUBTYPE,
        "kwargs": lambda world: {"pk": _subtype(world.a, ended=True).pk},
        "kwargs_for": lambda world, _who: {"pk": _subtype(world.a, ended=True).pk},
    },
    "incidents:nomenclature": {"GET": set(Role), "query": lambda world: {"q": "deal"}},
    "incidents:list": {"GET": _READERS},
    "incidents:export": {"GET": _READERS, "kwargs": lambda world: {"kind": "csv"}, "public_object": True},
    "incidents:create": {"GET": _WRITERS, "POST": _WRITERS, "data": _entry, "journal": landlord},
    "incidents:ready": {"GET": _WRITERS},
    "incidents:kept": {"GET": _WRITERS},
    "incidents:places": {"GET": _WRITERS},
    "incidents:places_near": {
        "POST": _WRITERS,
        "data": lambda world: {"longitude": "2.0", "latitude": "48.0"},
        "journal": "a search among one's own addresses; a POST, so that no log keeps where somebody stands",
    },
    "incidents:to_place": {"GET": {Role.LEAD}},
    "incidents:place_fact": {
        "GET": {Role.LEAD},
        "POST": {Role.LEAD},
        "data": lambda world: {"place": f"a{world.a.address.pk}"},
        "journal": landlord,
        **_UNPLACED,
    },
    "incidents:discard_fact": {
        "GET": {Role.LEAD},
        "POST": {Role.LEAD},
        "data": lambda world: {"reason": "Hors patrimoine"},
        "journal": landlord,
        **_UNPLACED,
    },
    "incidents:discarded_fact": {"GET": {Role.LEAD}, **_DISCARDED},
    "incidents:take_back_fact": {"POST": {Role.LEAD}, "journal": landlord, **_DISCARDED},
    "incidents:bulk_acts": {"GET": {Role.LEAD}},
    "incidents:bulk": {
        "GET": {Role.LEAD},
        "POST": {Role.LEAD},
        "query": _fact_chosen,
        "data": lambda world: _agreed(world, "bulk", **_fact_chosen(world), act="cancel", reason="Doublon"),
        "journal": landlord,
    },
    "incidents:bulk_act": {"GET": {Role.LEAD}, **_ACT},
    "incidents:undo_bulk_act": {
        "GET": {Role.LEAD},
        "POST": {Role.LEAD},
        "data": lambda world: _agreed(world, "undo_bulk_act", {"pk": _last_act(world)}),
        "journal": landlord,
        **_ACT,
    },
    "incidents:detail": {"GET": _READERS, **_OBJECT},
    "incidents:saved": {"GET": _WRITERS, **_OBJECT},
    "incidents:edit": {
        "GET": _WRITERS,
        "POST": _WRITERS,
        "data": lambda world: (
            _entry(world) | {"place_kind": "lobby"} | planted(world.a.incidents[0], state_of)
        ),
        "journal": landlord,
        **_OBJECT,
    },
    "incidents:cancel": {
        "GET": _WRITERS,
        "POST": _WRITERS,
        "data": lambda world: {"reason": "Doublon"} | planted(world.a.incidents[0], state_of),
        "journal": landlord,
        **_OBJECT,
    },
    "incidents:restore": {"POST": _WRITERS, "journal": landlord, **_cancelled(f.IncidentFactory)},
    "incidents:answer": {
        "GET": {Role.LEAD},
        "POST": {Role.LEAD},
        "kwargs": lambda world: _entered_by_agent(world.a),
        "foreign": lambda world: _entered_by_agent(world.b),
        "data": _answer,
        "journal": landlord,
    },
    "incidents:undo": {"POST": _WRITERS, "kwargs_for": _just_entered, "journal": landlord, **_OBJECT},
    **_life("observation", f.StandingObservationFactory, _observation),
    "incidents:observations": {"GET": _READERS},
    "incidents:create_observation": {
        "GET": _WRITERS,
        "POST": _WRITERS,
        "data": _observation,
        "journal": landlord,
    },
    "incidents:confirm_observation": {
        "POST": _WRITERS,
        "data": lambda world: planted(world.a.observation, ongoing_state),
        "journal": landlord,
        **_objects("observation"),
    },
    "incidents:withdraw_confirmation": {
        "POST": _WRITERS,
        "kwargs_for": _just_confirmed,
        "journal": landlord,
        **_objects("observation"),
    },
    "incidents:end_observation": {
        "GET": _WRITERS,
        "POST": _WRITERS,
        "data": _today,
        "journal": landlord,
        **_objects("observation"),
    },
    "incidents:see_disruptions": {
        "POST": {Role.LEAD},
        "data": _unseen,
        "journal": landlord,
    },
    **_life("disruption", f.DisruptionFactory, _disruption),
    "incidents:disruptions": {"GET": _READERS},
    "incidents:create_disruption": {
        "GET": _WRITERS,
        "POST": _WRITERS,
        "data": _disruption,
        "journal": landlord,
    },
    "incidents:end_disruption": {
        "GET": _WRITERS,
        "POST": _WRITERS,
        "data": _today,
        "journal": landlord,
        **_objects("disruption"),
    },
    "incidents:reread_disruption": {
        "GET": {Role.LEAD},
        "POST": {Role.LEAD},
        "data": _rereading,
        "kwargs": _reread,
        "foreign": lambda world: {"pk": world.b.disruption.pk},
        "journal": landlord,
    },
    "incidents:retention": {"GET": {Role.DPO, Role.LEAD, Role.COORDINATOR}},
    "incidents:retention_terms": {
        "GET": {Role.COORDINATOR},
        "POST": {Role.COORDINATOR},
        "data": lambda world: {"narratives_months": 6, "facts_months": 48},
        "kwargs": lambda world: {"pk": world.a.territory.pk},
        "foreign": lambda world: {"pk": world.b.territory.pk},
        "journal": lambda world, who: {
            *town(world, who),
            world.a.landlord.pk,
            world.c.landlord.pk,
            world.d.landlord.pk,
        },
    },
    **_holds("incident", ""),
    **_holds("observation", "_observation"),
    **_holds("disruption", "_disruption"),
    "incidents:api_incidents": {
        "GET": {PROGRAM},
        "POST": {PROGRAM},
        "data": _body,
        "journal": landlord,
        "api": True,
    },
    "incidents:api_incident": {"GET": {PROGRAM}, "api": True, **_OBJECT},
    "incidents:api_schema": {"GET": {Role.LEAD, Role.ADMIN}},
}
