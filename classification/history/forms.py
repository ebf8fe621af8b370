"""Ask which months, in which unit, of which landlord and commune."""

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from core.choices import OpaqueChoiceField
from core.forms import field
from sites.models import Commune, Residence

from .nightly import MONTHS
from .reach import Reach

YEAR = 12
COUNT, SHARE = "nombre", "part"


def _select() -> forms.Select:
    return forms.Select({"class": "form-select"})


class HistoryForm(forms.Form):
    """The choices of the page; the query string of its address holds them.

    A landlord is only asked for where there are several.
    """

    mois = forms.TypedChoiceField(
        label=_("Période"), coerce=int, empty_value=str(YEAR), required=False, widget=_select(),
        choices=[(YEAR, _("12 derniers mois")), (MONTHS, _("24 derniers mois"))],
    )  # fmt: skip
    mesure = forms.ChoiceField(
        label=_("Montrer"), required=False, widget=_select(),
        choices=[(COUNT, _("le nombre de résidences")), (SHARE, _("leur part"))],
    )  # fmt: skip
    landlord = OpaqueChoiceField(
        Organisation.objects.none(),
        label=_("Bailleur"),
        required=False,
        empty_label=_("Tous"),
        widget=_select(),
    )
    commune = OpaqueChoiceField(
        Commune.objects.none(), label=_("Commune"), required=False, empty_label=_("Toutes"), widget=_select()
    )

    def __init__(self, data: Any, reach: Reach) -> None:
        super().__init__(data)
        self._reach = reach
        ids = [one.pk for one in reach.landlords]
        here = Residence.objects.filter(reach.rows, landlord__in=ids, commune=OuterRef("pk")).order_by()
        communes = Commune.objects.filter(Exists(here)).order_by("name__french", "pk")
        landlords = Organisation.objects.filter(pk__in=ids).order_by("name__french", "pk")
        field(self, "commune", OpaqueChoiceField).queryset = communes
        field(self, "landlord", OpaqueChoiceField).queryset = landlords
        if len(ids) <= 1:
            del self.fields["landlord"]

    @property
    def months(self) -> int:
        """How many months are asked for."""
        return int(self.cleaned_data["mois"])

    @property
    def by_share(self) -> bool:
        """True where shares are asked for instead of numbers."""
        return bool(self.cleaned_data["mesure"] == SHARE)

    @property
    def reach(self) -> Reach:
        """What is left of the reach by the choices."""
        return self._reach.of(self.cleaned_data.get("landlord"), self.cleaned_data["commune"])

    @property
    def said(self) -> dict[str, Any]:
        """What is chosen, for the journal."""
        data = self.cleaned_data
        places = {name: data[name].pk for name in ("landlord", "commune") if data.get(name)}
        return {"months": self.months, **places}
