"""Read and write the bodies of the calls about facts."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from core.opaque import written
from core.text import clean
from incidents.checks import COST_DECIMALS, COST_DIGITS, contradictions
from incidents.days import fault_anywhere, fault_of
from incidents.enums import PlaceKind, Source
from incidents.models import SUBTYPE_LENGTH, FactSubtype, FactType, Incident
from incidents.nomenclature.offered import named
from incidents.shield.places import passages
from incidents.shield.validators import COMPLAINT_LENGTH, EXTERNAL_ID_LENGTH, complaint_number, external_id
from sites.models import Address
from sites.references.services import residence_of
from sites.zones import today_at

from .services import STATED, Fact, Place

_NO_SUCH_DAY = _("Cette date est dans le futur, ou son année est fausse.")


class CodeField(serializers.SlugRelatedField[FactType]):
    """The code of a fact type; a text with a NUL character, which no column can hold, is refused."""

    def to_internal_value(self, code: Any) -> Any:
        """Return the row that bears ``code``."""
        return super().to_internal_value(None if "\0" in str(code) else code)


class _NameField(serializers.CharField):
    """A reference or a name, kept as :func:`core.text.clean` writes it."""

    def to_internal_value(self, data: str) -> str:
        """Return the cleaned text."""
        return clean(super().to_internal_value(data))


def _possible(day: dt.date) -> None:
    """Refuse a day in the future everywhere, or before :data:`incidents.days.EARLIEST`."""
    if fault_anywhere(day):
        raise serializers.ValidationError(_NO_SUCH_DAY)


class IncidentSerializer(serializers.Serializer[Incident]):
    """A fact: its type, place and day. There is no field for a person."""

    id = serializers.CharField(read_only=True)
    external_id = serializers.CharField(
        max_length=EXTERNAL_ID_LENGTH,
        validators=[external_id],
        help_text=_("Identifiant du fait dans votre système : le renvoyer ne le double pas."),
    )
    fact_type = CodeField(
        slug_field="code", queryset=FactType.objects.all(), help_text=_("Code de la nomenclature.")
    )
    subtype = _NameField(
        max_length=SUBTYPE_LENGTH,
        required=False,
        default="",
        allow_blank=True,
        help_text=_("Nom d’une précision du territoire pour cette nature, s’il y en a."),
    )
    residence = serializers.CharField(
        max_length=60, help_text=_("Référence de la résidence chez le bailleur.")
    )
    address = serializers.CharField(
        max_length=200, required=False, default=None, allow_null=True,
        help_text=_("Libellé d’une adresse de la résidence ; absent pour la résidence entière."),
    )  # fmt: skip
    place_kind = serializers.ChoiceField(
        choices=PlaceKind.choices, required=False, default="", allow_blank=True
    )
    day = serializers.DateField(validators=[_possible])
    span_end = serializers.DateField(
        validators=[_possible],
        required=False,
        default=None,
        allow_null=True,
        help_text=_("Dernier jour possible si le jour n’est pas connu."),
    )
    time = serializers.TimeField(required=False, default=None, allow_null=True)
    source = serializers.ChoiceField(  # type: ignore[assignment]  # theirs: taken away by its metaclass
        choices=Source.choices, required=False, default=Source.STAFF
    )
    complaint_filed = serializers.BooleanField(required=False, default=False)
    complaint_reference = _NameField(
        max_length=COMPLAINT_LENGTH,
        validators=[complaint_number],
        required=False,
        default="",
        allow_blank=True,
    )
    damage_cost = serializers.DecimalField(
        max_digits=COST_DIGITS,
        decimal_places=COST_DECIMALS,
        min_value=0,
        required=False,
        default=None,
        allow_null=True,
    )
    narrative = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)
    cancelled = serializers.BooleanField(read_only=True)

    def validate_narrative(self, text: str) -> str:
        """Refuse passages that seem to name or describe a person."""
        if found := passages(text):
            message = _("« %(text)s » : %(kind)s")
            raise serializers.ValidationError(
                [message % {"text": p.text, "kind": p.kind.label} for p in found]
            )
        return text

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """Check the rules that concern several fields, and add the place."""
        stated = ("day", "span_end", "complaint_filed", "complaint_reference")
        if found := contradictions(**{name: data[name] for name in stated}):
            raise serializers.ValidationError({field: [str(fault)] for field, fault in found.items()})
        place = _place(data["residence"], data["address"])
        today = today_at(place.commune.department)
        for name in ("day", "span_end"):
            if data[name] and fault_of(data[name], today):
                raise serializers.ValidationError({name: _NO_SUCH_DAY})
        return data | {"place": place, "subtype": _subtype(data["fact_type"], data["subtype"], place)}

    def fact(self) -> Fact:
        """Return the fact of the valid body."""
        data = self.validated_data
        stated = {name: data[name] for name in STATED if name in data}
        return Fact(place=data["place"], narrative=data["narrative"], **stated)

    def to_representation(self, incident: Incident) -> dict[str, Any]:
        """Return the fields of the request, with ``id`` and ``cancelled``, which the product adds."""
        return {
            "id": written("fact", incident.pk),
            "external_id": incident.external_id,
            "fact_type": incident.fact_type.code,
            "subtype": str(incident.seen_subtype or ""),
            "residence": incident.residence.reference,
            "address": incident.address.label if incident.address else None,
            **{name: getattr(incident, name) for name in STATED if name not in {"fact_type", "subtype"}},
            "narrative": incident.narrative.text if hasattr(incident, "narrative") else "",
            "cancelled": incident.cancelled_at is not None,
        }


class PageSerializer(serializers.Serializer[dict[str, object]]):
    """A page of facts, with the addresses of the pages beside it."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = IncidentSerializer(many=True)


class ProblemSerializer(serializers.Serializer[dict[str, object]]):
    """A problem document (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(required=False)
    errors = serializers.DictField(required=False)  # type: ignore[assignment]  # theirs: taken away by its metaclass


class AskedSerializer(serializers.Serializer[dict[str, dt.date]]):
    """What is asked of the list: the first and last day, both included, the page, and how many facts on it, at most 1,000.

    A name that is none of these is refused: a day that is misspelt would give every fact.
    """

    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)
    page_size = serializers.IntegerField(required=False, min_value=1)
    cursor = serializers.CharField(required=False, allow_blank=True, trim_whitespace=False)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """Refuse names that nothing is asked by."""
        if unknown := set(self.initial_data) - set(self.fields):
            raise serializers.ValidationError({name: _("Paramètre inconnu.") for name in sorted(unknown)})
        return data

    @property
    def days(self) -> dict[str, dt.date]:
        """The days, by name."""
        return {name: self.validated_data[name] for name in ("since", "until") if name in self.validated_data}


def _place(reference: str, label: str | None) -> Place:
    """Return the residence or address named, one of the organisation's own.

    A place that does not exist and a place of another landlord get the same answer.
    """
    residence = residence_of(reference)
    if residence is None:
        raise serializers.ValidationError(
            {"residence": _("Aucune de vos résidences ne porte cette référence.")}
        )
    if residence.closed_on:
        raise serializers.ValidationError(
            {"residence": _("Cette résidence est fermée : rien ne s’y enregistre plus.")}
        )
    if not label:
        return residence
    address = Address.objects.filter(residence=residence, label__iexact=label.strip()).first()
    if address and address.merged_into_id:
        address = Address.objects.filter(pk=address.merged_into_id).first()
    if address is None:
        raise serializers.ValidationError({"address": _("Cette résidence n’a pas cette adresse.")})
    if address.closed_on:
        raise serializers.ValidationError(
            {"address": _("Cette adresse est fermée : rien ne s’y enregistre plus.")}
        )
    return address


def _subtype(fact_type: FactType, text: str, place: Place) -> FactSubtype | None:
    """Return the sub-type that a text names at a place, None for no text."""
    found = named(fact_type, text, place.commune_id) if text else None
    if text and found is None:
        said = _("Aucune précision de ce nom pour cette nature au territoire de ce lieu.")
        raise serializers.ValidationError({"subtype": said})
    return found
