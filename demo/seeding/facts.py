"""Plant eighteen months of facts, at each residence as its story tells."""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User
from demo.story import Habit, StoryPlace
from incidents.enums import PlaceKind, Source
from incidents.models import FactSubtype, FactType, Incident, Narrative
from sites.models import Address, Residence

from .people import People
from .stock import Stock

# Eighteen months, and a lead-in, so that the first of them does not look like a start of recording.
_DAYS = 580
_TOLD = 0.14
_UNCERTAIN = 0.12
_SUMMER = {5: 1.2, 6: 1.35, 7: 1.5, 8: 1.45, 9: 1.15}
_EVENINGS = {
    "NOISE", "PETTY_DEALING", "ESTABLISHED_DEALING", "RODEO", "UNLAWFUL_OCCUPATION", "CONTROL_OF_MOVEMENT",
    "VANDALISM", "WEAPONS",
}  # fmt: skip
_COSTS = {"MINOR_DAMAGE": (60, 300), "DAMAGE": (200, 2400), "TAGS": (80, 600), "VANDALISM": (400, 6000)}
_KINDS = {
    "LITTERING": (PlaceKind.BIN_ROOM, PlaceKind.SURROUNDINGS, PlaceKind.LOBBY),
    "TAGS": (PlaceKind.LOBBY, PlaceKind.STAIRWELL, PlaceKind.CELLAR),
    "RODEO": (PlaceKind.SURROUNDINGS, PlaceKind.PUBLIC_SPACE),
    "LONG_PARKED_CAR": (PlaceKind.CAR_PARK,),
    "ABANDONED_CAR": (PlaceKind.CAR_PARK,),
    "UNLAWFUL_OCCUPATION": (PlaceKind.LOBBY, PlaceKind.STAIRWELL, PlaceKind.CELLAR),
}
_ANYWHERE = (PlaceKind.LOBBY, PlaceKind.STAIRWELL, PlaceKind.SURROUNDINGS)
_OUTSIDE = {PlaceKind.SURROUNDINGS, PlaceKind.PUBLIC_SPACE, PlaceKind.CAR_PARK}
# Found in the morning, or after the weekend: the exact day is unknown.
_FOUND_LATER = {"TAGS", "LITTERING", "MINOR_DAMAGE", "DAMAGE", "VANDALISM", "ABANDONED_CAR"}
_TEXTS = {
    "LITTERING": (
        "Encombrants déposés devant le local, enlèvement demandé.",
        "Sacs éventrés au pied du vide-ordures, nettoyage fait le jour même.",
        "Dépôt au même endroit que la semaine précédente.",
    ),
    "NOISE": (
        "Musique et cris sous les fenêtres, plusieurs habitants ont appelé.",
        "Regroupement bruyant sur le parvis jusqu’à une heure du matin.",
        "Mortiers tirés depuis la dalle, sans dégât.",
    ),
    "TAGS": (
        "Tags sur les boîtes aux lettres et la porte d’ascenseur.",
        "Façade côté parking, prestataire prévenu.",
    ),
    "MINOR_DAMAGE": ("Interphone arraché, réparation commandée.", "Vitre du hall fêlée."),
    "DAMAGE": (
        "Porte du hall forcée, ferme-porte à remplacer.",
        "Éclairage du palier cassé sur trois niveaux.",
        "Boîtes aux lettres ouvertes au pied-de-biche.",
    ),
    "VANDALISM": (
        "Ascenseur mis hors service, câbles coupés.",
        "Local à vélos incendié, intervention des pompiers.",
    ),
    "PETTY_DEALING": (
        "Va-et-vient dans le hall de 18 heures à minuit, guet à l’angle de la rue.",
        "Transactions au pied de l’escalier, passage rapide.",
    ),
    "ESTABLISHED_DEALING": (
        "Point installé dans le hall, chaises et éclairage d’appoint.",
        "Accueil des acheteurs organisé depuis le parking.",
    ),
    "UNLAWFUL_OCCUPATION": (
        "Groupe installé dans l’escalier, habitants gênés pour rentrer.",
        "Cave forcée et occupée, serrure à changer.",
    ),
    "CONTROL_OF_MOVEMENT": (
        "Entrée filtrée, livreur renvoyé.",
        "Passage refusé au prestataire de l’ascenseur.",
    ),
    "VERBAL_ABUSE": (
        "Insultes à l’encontre du gardien pendant sa ronde.",
        "Agent de nettoyage pris à partie.",
    ),
    "RODEO": ("Rodéos de deux-roues sur l’allée piétonne en fin d’après-midi.",),
    "LONG_PARKED_CAR": ("Véhicule sur cales depuis trois semaines.",),
}
_SOURCES = (Source.STAFF, Source.STAFF, Source.STAFF, Source.RESIDENT, Source.RESIDENT, Source.MEDIATOR,
            Source.CONTRACTOR, Source.POLICE)  # fmt: skip


def plant_facts(rng: random.Random, stock: Stock, people: People, today: dt.date) -> None:
    """Plant the facts of every residence until the day before ``today``, a narrative for some, and a sub-type to choose."""
    types = {fact_type.code: fact_type for fact_type in FactType.objects.all()}
    FactSubtype.objects.create(
        territory=stock.territory, fact_type=types["NOISE"], label="Deux-roues bruyants"
    )
    incidents = []
    for residence in stock.residences:
        witness = _Witness(rng, residence, stock.addresses[residence.pk], people.staff[residence.landlord_id])
        incidents += [
            witness.record(types[code], day, today)
            for code, day in _occurrences(rng, stock.places[residence.pk], today)
        ]
    Incident.objects.bulk_create(incidents, batch_size=2000)
    told = (fact for fact in incidents if fact.fact_type.code in _TEXTS and rng.random() < _TOLD)
    Narrative.objects.bulk_create(
        Narrative(incident=fact, text=rng.choice(_TEXTS[fact.fact_type.code])) for fact in told
    )


def _occurrences(rng: random.Random, place: StoryPlace, today: dt.date) -> Iterator[tuple[str, dt.date]]:
    for days_ago in range(_DAYS, 0, -1):
        day = today - dt.timedelta(days_ago)
        for mix, trend in place.mixes:
            strength = trend(days_ago) * _SUMMER.get(day.month, 0.9)
            for habit in mix:
                if rng.random() < _chance(habit, day) * strength:
                    yield habit.code, day


def _chance(habit: Habit, day: dt.date) -> float:
    if habit.code not in _EVENINGS:
        return habit.weekly / 7
    weekend = day.weekday() >= 4
    return habit.weekly / 7 * (1.3 if weekend else 0.78)


@dataclass(frozen=True, slots=True)
class _Witness:
    """The landlord's staff at one residence, who record its facts."""

    rng: random.Random
    residence: Residence
    addresses: list[Address]
    staff: list[User]

    def record(self, fact_type: FactType, day: dt.date, today: dt.date) -> Incident:
        rng = self.rng
        found = self._found(fact_type.code, day, today)
        kind = rng.choice(_KINDS.get(fact_type.code, _ANYWHERE))
        complaint = fact_type.gravity > 1 and rng.random() < 0.12
        cost = _COSTS.get(fact_type.code)
        return Incident(
            residence=self.residence, landlord_id=self.residence.landlord_id,
            commune_id=self.residence.commune_id, address=self._door(kind), fact_type=fact_type,
            place_kind=kind, day=day, span_end=found, time=None if found else self._time(fact_type.code), source=rng.choice(_SOURCES),
            complaint_filed=complaint,
            complaint_reference=f"{day:%Y}/{rng.randrange(10**5):05d}" if complaint else "",
            damage_cost=rng.randrange(*cost, 10) if cost and rng.random() < 0.6 else None,
            reported_by=rng.choice(self.staff),
            created_at=timezone.make_aware(dt.datetime.combine(found or day, dt.time(rng.randrange(8, 19), 15))),
        )  # fmt: skip

    def _door(self, kind: PlaceKind) -> Address | None:
        """Return an address, most often one of the first on the street; None for the grounds."""
        if kind in _OUTSIDE and self.rng.random() < 0.4:
            return None
        weights = [1 / (1 + rank) for rank in range(len(self.addresses))]
        return self.rng.choices(self.addresses, weights)[0]

    def _found(self, code: str, day: dt.date, today: dt.date) -> dt.date | None:
        """Return the day the fact was found, if it may have happened on an earlier one; else None."""
        if code not in _FOUND_LATER or self.rng.random() > _UNCERTAIN:
            return None
        found = day + dt.timedelta(days=3 if day.weekday() == 4 else 1)
        return found if found < today else None

    def _time(self, code: str) -> dt.time | None:
        if self.rng.random() < 0.3:
            return None
        hours = (18, 19, 20, 21, 22, 22, 23, 23, 0, 1, 2) if code in _EVENINGS else range(7, 20)
        return dt.time(self.rng.choice(hours), self.rng.randrange(0, 60, 5))
