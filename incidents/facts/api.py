"""Serve the facts of a landlord to its programs over REST, each fact recorded once."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.response import Response

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.tokens.handlers import ProgramRequest, ProgramView, for_program
from core.text import clean
from incidents.checks import COST_DECIMALS, COST_DIGITS, contradictions
from incidents.days import fault_anywhere, fault_of
from incidents.enums import PlaceKind, Source
from incidents.history import first_state
from incidents.models import SUBTYPE_LENGTH, FactSubtype, FactType, Incident
from incidents.nomenclature.offered import named
from incidents.shield.places import passages
from incidents.shield.validators import COMPLAINT_LENGTH, EXTERNAL_ID_LENGTH, complaint_number, external_id
from sites.models import Address
from sites.references.services import residence_of
from sites.zones import today_at

from .api_pages import IncidentPages
from .services import STATED, Fact, Place, TakenError, record_incident

SOURCE = "api"
_NO_SUCH_DAY = _("Cette date est dans le futur, ou son année est fausse.")


class UnprocessableError(ValidationError):
    """The error of a body that is JSON but cannot be recorded (422)."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY


class ConflictError(APIException):
    """The error of an identifier that another fact bears already (409)."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = _("Cet identifiant désigne déjà un fait différent.")


class ProblemSerializer(serializers.Serializer[dict[str, object]]):
    """A problem document (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(required=False)
    errors = serializers.DictField(required=False)  # type: ignore[assignment]  # theirs: taken away by its metaclass


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

    id = serializers.IntegerField(read_only=True)
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
            "id": incident.pk,
            "external_id": incident.external_id,
            "fact_type": incident.fact_type.code,
            "subtype": str(incident.seen_subtype or ""),
            "residence": incident.residence.reference,
            "address": incident.address.label if incident.address else None,
            **{name: getattr(incident, name) for name in STATED if name not in {"fact_type", "subtype"}},
            "narrative": incident.narrative.text if hasattr(incident, "narrative") else "",
            "cancelled": incident.cancelled_at is not None,
        }


class DaysSerializer(serializers.Serializer[dict[str, dt.date]]):
    """The first and last day to list, both included."""

    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)


_PROBLEM = {code: OpenApiResponse(ProblemSerializer) for code in (400, 401)}
_DAYS = [OpenApiParameter(name, OpenApiTypes.DATE) for name in ("since", "until")]


class IncidentsView(ProgramView):
    """The list of the organisation's facts, and the recording of new ones."""

    @extend_schema(
        operation_id="incidents_list",
        parameters=[*_DAYS, OpenApiParameter("cursor", str), OpenApiParameter("page_size", int)],
        responses={200: IncidentSerializer(many=True), **_PROBLEM, 422: OpenApiResponse(ProblemSerializer)},
    )
    @for_program
    def get(self, request: ProgramRequest) -> Response:
        """List facts, the latest day first, page by page."""
        asked = DaysSerializer(data=request.query_params)
        if not asked.is_valid():
            raise UnprocessableError(asked.errors)
        pages = IncidentPages()
        page = pages.facts_of(_between(_facts(), **asked.validated_data), request)
        days = {name: str(day) for name, day in asked.validated_data.items()}
        write_entry(
            request.scope, AuditAction.EXPORT, "incidents.list", format=SOURCE, rows=len(page), filters=days
        )
        written = IncidentSerializer()
        return pages.get_paginated_response([written.to_representation(fact) for fact in page])

    @extend_schema(
        operation_id="incidents_create",
        request=IncidentSerializer,
        responses={
            201: IncidentSerializer, 200: IncidentSerializer, **_PROBLEM,
            409: OpenApiResponse(ProblemSerializer), 422: OpenApiResponse(ProblemSerializer),
        },
    )  # fmt: skip
    @for_program
    def post(self, request: ProgramRequest) -> Response:
        """Record a fact; sent again with the same identifier and the same body, it is recorded only once."""
        body = IncidentSerializer(data=request.data)
        if not body.is_valid():
            raise UnprocessableError(body.errors)
        fact = body.fact()
        try:
            incident, made = record_incident(
                scope=request.scope,
                fact=fact,
                external_source=SOURCE,
                external_id=body.validated_data["external_id"],
            )
        except TakenError as error:
            raise ConflictError from error
        if not made and not _says(incident, fact):
            raise ConflictError
        shown = IncidentSerializer(_facts().get(pk=incident.pk)).data
        return Response(shown, status=status.HTTP_201_CREATED if made else status.HTTP_200_OK)


class IncidentView(ProgramView):
    """One of the organisation's facts."""

    @extend_schema(
        operation_id="incidents_retrieve",
        responses={200: IncidentSerializer, 401: _PROBLEM[401], 404: OpenApiResponse(ProblemSerializer)},
    )
    @for_program
    def get(self, request: ProgramRequest, pk: int) -> Response:
        """Return a fact."""
        incident = _facts().filter(pk=pk).first()
        if incident is None:
            raise NotFound
        return Response(IncidentSerializer(incident).data)


def _facts() -> QuerySet[Incident]:
    return Incident.objects.own().select_related("fact_type", "subtype", "residence", "address", "narrative")


def _between(
    facts: QuerySet[Incident], *, since: dt.date | None = None, until: dt.date | None = None
) -> QuerySet[Incident]:
    if since:
        facts = facts.filter(day__gte=since)
    return facts.filter(day__lte=until) if until else facts


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


def _says(incident: Incident, fact: Fact) -> bool:
    """Say whether ``incident`` was first recorded as ``fact`` states it, leaving corrections aside."""
    first = first_state(incident)
    wanted = Incident(**fact.values())
    same = all(_column(first, name) == _column(wanted, name) for name in (*STATED, "residence", "address"))
    corrected = first is not incident
    return same and (corrected or _narrative(incident) == fact.narrative)


def _column(state: Any, name: str) -> Any:
    return getattr(state, next(field.attname for field in Incident._meta.fields if field.name == name))


def _narrative(incident: Incident) -> str:
    return incident.narrative.text if hasattr(incident, "narrative") else ""
