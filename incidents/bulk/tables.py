"""Show acts on many facts, and the facts of one, as tables."""

from typing import Any

import django_tables2 as tables
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.tables import TemplateColumn
from incidents.enums import Act
from incidents.facts.tables import IncidentTable
from incidents.models import BulkAct, FactType, Incident


class BulkActTable(tables.Table):
    """The table of acts, the latest first."""

    made_at = TemplateColumn(
        template_code="{% load wording %}{{ record.made_at|long_moment }}", verbose_name=_("Le")
    )
    act = tables.Column(
        verbose_name=_("Acte"), linkify=lambda record: reverse("incidents:bulk_act", args=[record.pk])
    )
    number = tables.Column(verbose_name=_("Faits"), order_by="facts__len", empty_values=())
    made_by = tables.Column(verbose_name=_("Par"), orderable=False)
    undone_at = TemplateColumn(
        template_code="{% load wording %}{{ record.undone_at|long_moment }}", verbose_name=_("Défait le")
    )

    class Meta:
        model = BulkAct
        fields = ()
        sequence = ("made_at", "act", "number", "made_by", "undone_at")
        order_by_field = "tri"
        default = "–"

    def render_number(self, record: BulkAct) -> int:
        """Return how many facts it changed."""
        return len(record.facts)


class ActFactTable(IncidentTable):
    """The table of the facts of an act, with what became of each since.

    Args:
        act: the act.
    """

    since = tables.Column(verbose_name=_("Depuis"), empty_values=(), orderable=False)

    class Meta:
        model = Incident
        fields = ()
        sequence = ("...", "since")
        order_by_field = "tri"
        default = "–"

    def __init__(self, *args: Any, act: BulkAct, **kwargs: Any) -> None:
        self._act, self._kept = act, set(act.kept)
        super().__init__(*args, several_landlords=False, **kwargs)

    def render_since(self, record: Incident) -> Any:
        """Return in words whether the fact is as the act left it, or what became of it."""
        if self._act.undone_at and record.pk not in self._kept:
            return _("rendu à son état d’avant")
        if record.changed_at == self._act.made_at:
            return _("tel que l’acte l’a laissé")
        return _("modifié depuis")


def facts_of(act: BulkAct) -> Any:
    """Return the facts of an act that still exist, the latest first."""
    facts = (
        Incident.objects.own().select_related("fact_type", "residence", "address").filter(pk__in=act.facts)
    )
    return facts.order_by(F("day").desc(), F("pk").desc())


def type_given(act: BulkAct) -> FactType | None:
    """Return the type that an act gave its facts; None for another act, and where no fact of it is left.

    It is that of any fact as the act left it: in its present state, or in its history once it was changed again.
    """
    if act.act != Act.RETYPE:
        return None
    left = {"pk__in": act.facts, "changed_at": act.made_at}
    now = Incident.objects.filter(**left).values_list("fact_type", flat=True).order_by("pk").first()
    since = {"events__changed_at": act.made_at, "pk__in": act.facts}
    given = now or (
        Incident.objects.filter(**since).values_list("events__fact_type", flat=True).order_by("pk").first()
    )
    return FactType.objects.filter(pk=given).first() if given else None
