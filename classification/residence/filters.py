"""Filter the list of residences and the map; the query string of the page holds the chosen values."""

from typing import TYPE_CHECKING, Any

import django_filters as filters
from django import forms
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.access import ScopedRequest
from accounts.enums import Role
from accounts.models import Organisation
from classification.method.scale import Mark
from classification.models import Finding, SiteLevel
from classification.readers import sees_several_landlords
from core.choices import OpaqueChoiceFilter
from core.words import WordsFilter
from incidents.models import FactSubtype, FactType, Incident
from sites.enums import ImportKind
from sites.imports.filters import ByImportFilter
from sites.models import Address, Commune, ImportChange, ImportRun, Residence
from sites.places import at_place

from .evolution import PROPOSED_SINCE, Way, moved

if TYPE_CHECKING:
    from .evolution import ChangedLevel

_COMMUNES = Commune.objects.filter(Exists(Residence.objects.filter(commune=OuterRef("pk")).order_by()))
LANDLORDS = Organisation.objects.filter(Exists(Residence.objects.filter(landlord=OuterRef("pk")).order_by()))


class SiteFilter(filters.FilterSet):
    """The filters that the map and the list share, over the table of levels."""

    level = filters.MultipleChoiceFilter(
        "mark", label=_("Niveau"), choices=[(mark.value, str(mark.value)) for mark in reversed(Mark)],
        widget=forms.CheckboxSelectMultiple({"class": "form-check-input"}), distinct=False,
    )  # fmt: skip
    landlord = OpaqueChoiceFilter(label=_("Bailleur"), queryset=LANDLORDS, empty_label=_("Tous"))
    commune = OpaqueChoiceFilter(label=_("Commune"), queryset=_COMMUNES, empty_label=_("Toutes"))
    fact_type: filters.Filter = filters.ModelChoiceFilter(
        label=_("Nature de fait"),
        queryset=FactType.objects.all(),
        method="with_type",
        empty_label=_("Toutes"),
    )
    subtype: filters.Filter = OpaqueChoiceFilter(
        label=_("Précision"),
        queryset=FactSubtype.objects.select_related("fact_type"),
        method="with_subtype",
        empty_label=_("Toutes"),
    )
    qpv = filters.BooleanFilter(
        label=_("En quartier prioritaire (QPV)"), method="in_qpv", widget=forms.CheckboxInput
    )

    request: ScopedRequest

    class Meta:
        model = SiteLevel
        fields = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not sees_several_landlords(self.request.scope):
            del self.filters["landlord"]
        if not FactSubtype.objects.exists():
            del self.filters["subtype"]

    def with_type(self, queryset: QuerySet[SiteLevel], _name: str, value: FactType) -> QuerySet[SiteLevel]:
        """Keep the residences where a finding of this type counts."""
        found = Finding.objects.filter(fact_type=value, address=None).order_by()
        return queryset.filter(residence__in=found.values("residence"))

    def with_subtype(
        self, queryset: QuerySet[SiteLevel], _name: str, value: FactSubtype
    ) -> QuerySet[SiteLevel]:
        """Keep the residences where a fact of this sub-type was recorded, and not cancelled."""
        recorded = Incident.objects.current().filter(subtype=value).order_by()
        return queryset.filter(residence__in=recorded.values("residence"))

    def in_qpv(self, queryset: QuerySet[SiteLevel], _name: str, value: bool) -> QuerySet[SiteLevel]:
        """Keep the residences of priority neighbourhoods."""
        inside = Residence.objects.filter(in_priority_neighbourhood=True).order_by()
        return queryset.filter(residence__in=inside) if value else queryset

    @property
    def active(self) -> dict[str, Any]:
        """The filters in force, as plain values for the journal."""
        data = self.form.cleaned_data if self.form.is_valid() else {}
        return {name: getattr(value, "pk", value) for name, value in data.items() if value}


class ResidenceFilter(SiteFilter):
    """The filter of the list of residences: also by name, reference or address, and by silence."""

    q = WordsFilter(label=_("Résidence, adresse ou commune"), method="named")
    silent = filters.BooleanFilter(
        label=_("Saisie interrompue"), widget=forms.CheckboxInput, method="fallen_silent"
    )
    decided = filters.ChoiceFilter(
        label=_("Validation"),
        choices=[("no", _("à valider")), ("yes", _("niveau décidé")), ("other", _("autre niveau retenu"))],
        method="by_decision",
        empty_label=_("Toutes"),
    )
    moved = filters.ChoiceFilter(
        label=PROPOSED_SINCE,
        choices=Way.choices,
        method="that_moved",
        empty_label=_("Tous"),
    )
    import_run = ByImportFilter(ImportKind.STOCK, method="imported_by")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.request.scope.has(Role.LEAD):
            del self.filters["import_run"]

    def that_moved(
        self, queryset: "QuerySet[ChangedLevel]", _name: str, value: str
    ) -> "QuerySet[ChangedLevel]":
        """Keep the residences whose proposed level rose or fell."""
        return moved(queryset, value)

    def imported_by(self, queryset: QuerySet[SiteLevel], _name: str, run: ImportRun) -> QuerySet[SiteLevel]:
        """Keep the residences that an import created or changed, itself or one of their addresses."""
        written = ImportChange.objects.filter(run=run).order_by()
        residences = written.filter(table_name=Residence._meta.db_table).values("object_id")
        addresses = written.filter(table_name=Address._meta.db_table).values("object_id")
        addressed = Address.objects.filter(pk__in=addresses).order_by().values("residence")
        return queryset.filter(Q(residence__in=residences) | Q(residence__in=addressed))

    def named(self, queryset: QuerySet[SiteLevel], _name: str, value: str) -> QuerySet[SiteLevel]:
        """Keep the residences whose name, reference and commune, together with one address, hold every word."""
        words = value.split()
        itself = Residence.objects.filter(at_place(words, "name", "reference", commune="commune")).order_by()
        columns = ("label", "residence__name", "residence__reference")
        by_address = at_place(words, *columns, commune="commune", postcode="postcode")
        addressed = Address.objects.filter(by_address).order_by().values("residence")
        return queryset.filter(Q(residence__in=itself) | Q(residence__in=addressed))

    def by_decision(self, queryset: QuerySet[SiteLevel], _name: str, value: str) -> QuerySet[SiteLevel]:
        """Keep the residences about whose level nobody has decided, somebody has, or another one was retained."""
        if value == "other":
            return queryset.exclude(retained=F("level")).exclude(retained=None)
        return queryset.filter(decided_on__isnull=value == "no")

    def fallen_silent(self, queryset: QuerySet[SiteLevel], _name: str, value: bool) -> QuerySet[SiteLevel]:
        """Keep the residences where recording stopped."""
        return queryset.filter(silent=True) if value else queryset

    @property
    def active(self) -> dict[str, Any]:
        """The filters in force, as plain values for the journal; typed words are replaced by True."""
        found = super().active
        return found | {"q": True} if "q" in found else found
