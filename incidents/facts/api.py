"""Serve the facts of a landlord to its programs over REST, each fact recorded once."""

import datetime as dt
from typing import Any, cast

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.response import Response

from accounts.enums import AuditAction, TokenRight
from accounts.journal.audit import write_entry
from accounts.models import ApiToken
from accounts.tokens.handlers import ProgramRequest, ProgramView, for_program, may
from incidents.history import first_state
from incidents.models import Incident

from .api_bodies import AskedSerializer, IncidentSerializer, PageSerializer, ProblemSerializer
from .api_pages import IncidentPages
from .services import STATED, Fact, TakenError, record_incident

SOURCE = "api"


class UnprocessableError(ValidationError):
    """The error of a body that is JSON but cannot be recorded (422)."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY


class ConflictError(APIException):
    """The error of an identifier that another fact bears already (409)."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = _("Cet identifiant désigne déjà un fait différent.")


_REFUSED = (401, 403, 429)


def _problems(*codes: int) -> dict[tuple[int, str], OpenApiResponse]:
    """Return how the document describes answers of these statuses, each a problem document."""
    return {(code, "application/problem+json"): OpenApiResponse(ProblemSerializer) for code in codes}


class IncidentsView(ProgramView):
    """The list of the organisation's facts, and the recording of new ones."""

    @extend_schema(
        operation_id="incidents_list",
        parameters=[AskedSerializer],
        responses={200: PageSerializer, **_problems(400, *_REFUSED, 422)},
    )
    @for_program(TokenRight.READ)
    def get(self, request: ProgramRequest) -> Response:
        """List facts, the latest day first, page by page."""
        asked = AskedSerializer(data=request.query_params.dict())
        if not asked.is_valid():
            raise UnprocessableError(asked.errors)
        pages = IncidentPages()
        page = pages.facts_of(_between(_facts(), **asked.days), request)
        days = {name: str(day) for name, day in asked.days.items()}
        write_entry(
            request.scope, AuditAction.EXPORT, "incidents.list", format=SOURCE, rows=len(page), filters=days,
            **_by(request),
        )  # fmt: skip
        return pages.get_paginated_response([_shown(request, fact) for fact in page])

    @extend_schema(
        operation_id="incidents_create",
        request=IncidentSerializer,
        responses={
            201: IncidentSerializer, 200: IncidentSerializer, **_problems(400, *_REFUSED, 409, 422),
        },
    )  # fmt: skip
    @for_program(TokenRight.WRITE)
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
        held = _facts().get(pk=incident.pk)
        shown = _shown(request, held if made or may(request, TokenRight.READ) else _as_sent(held, fact))
        if not made and may(request, TokenRight.READ):
            write_entry(request.scope, AuditAction.READ, incident, **_by(request))
        return Response(shown, status=status.HTTP_201_CREATED if made else status.HTTP_200_OK)


class IncidentView(ProgramView):
    """One of the organisation's facts."""

    @extend_schema(
        operation_id="incidents_retrieve",
        parameters=[OpenApiParameter("id", str, OpenApiParameter.PATH)],
        responses={200: IncidentSerializer, **_problems(*_REFUSED, 404)},
    )
    @for_program(TokenRight.READ)
    def get(self, request: ProgramRequest, pk: int) -> Response:
        """Return a fact."""
        incident = _facts().filter(pk=pk).first()
        if incident is None:
            raise NotFound
        write_entry(request.scope, AuditAction.READ, incident, **_by(request))
        return Response(_shown(request, incident))


def _by(request: ProgramRequest) -> dict[str, Any]:
    """Return what the journal says of the program: its token, and whether it was given the details of facts."""
    return {"token": cast("ApiToken", request.auth).pk, "narratives": may(request, TokenRight.NARRATIVES)}


def _shown(request: ProgramRequest, incident: Incident) -> dict[str, Any]:
    """Return a fact as the program may read it: without its details where the token does not open them."""
    shown = IncidentSerializer().to_representation(incident)
    return {
        name: value
        for name, value in shown.items()
        if name != "narrative" or may(request, TokenRight.NARRATIVES)
    }


def _as_sent(held: Incident, fact: Fact) -> Incident:
    """Return a fact as its program first sent it: what people corrected since is not for one that does not read facts."""
    said = {"external_id": held.external_id, "cancelled_at": held.cancelled_at}
    return Incident(pk=held.pk, **fact.values(), **said)


def _facts() -> QuerySet[Incident]:
    return Incident.objects.own().select_related("fact_type", "subtype", "residence", "address", "narrative")


def _between(
    facts: QuerySet[Incident], *, since: dt.date | None = None, until: dt.date | None = None
) -> QuerySet[Incident]:
    if since:
        facts = facts.filter(day__gte=since)
    return facts.filter(day__lte=until) if until else facts


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
