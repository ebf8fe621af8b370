"""Define the forms of a note and of the circle it is issued to."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.scope import Scope
from core.choices import OpaqueChoiceField
from core.forms import DayInput, LabelledHelper, VersionedForm, field
from partners.circles.managing import coordinated_territories
from partners.enums import Precision
from partners.models import Circle, SynthesisNote
from partners.snapshot import known_day
from sites.models import SharingAgreement
from sites.perimeter import in_force

from .terms import latest_end, usual_end


class NoteForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's takes no argument at run time
    """The form of a note: its territory, its landlord if it is about one, and its as-of date."""

    class Meta:
        model = SynthesisNote
        fields = ("territory", "landlord", "as_of")
        field_classes = {"territory": OpaqueChoiceField, "landlord": OpaqueChoiceField}
        widgets = {"as_of": DayInput}

    def __init__(self, scope: Scope, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        territories = coordinated_territories(scope)
        agreements = SharingAgreement.objects.filter(in_force(), territory__in=territories)
        territory = field(self, "territory", forms.ModelChoiceField)
        territory.queryset = territories
        territory.empty_label = _("Choisir…")
        territory.initial = territories.first()
        landlord = field(self, "landlord", forms.ModelChoiceField)
        landlord.queryset = Organisation.objects.filter(pk__in=agreements.values("landlord_id"))
        landlord.empty_label = _("Tous les bailleurs du territoire")
        landlord.help_text = ""
        self.fields["as_of"].initial = timezone.localdate
        self.helper = LabelledHelper()

    def clean(self) -> dict[str, Any]:
        """Refuse a landlord without an agreement in force with that territory, and a day without any known fact."""
        super().clean()
        data = self.cleaned_data
        landlord, territory = data.get("landlord"), data.get("territory")
        if landlord and territory:
            agreements = SharingAgreement.objects.filter(in_force(), landlord=landlord, territory=territory)
            if not agreements.exists():
                self.add_error("landlord", _("Ce bailleur n’a pas de convention avec ce territoire."))
        if territory and "as_of" in data and not self.errors:
            try:
                known_day(data["as_of"], territory, landlord)
            except ValidationError as error:
                self.add_error("as_of", error)
        return data


class UntilField(forms.DateField):
    """A field for the last day on which copies are downloaded: today or later, a year from now at most."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("Exemplaires téléchargeables jusqu’au (inclus)"), widget=DayInput, **kwargs)

    def validate(self, value: dt.date | None) -> None:
        """Refuse a day that has passed, and one that is too far."""
        super().validate(value)
        if value is not None and not timezone.localdate() <= value <= latest_end():
            raise ValidationError(_("Choisissez un jour à partir d’aujourd’hui, d’ici à un an."))


class TermForm(VersionedForm):
    """The form of the last day of the copies of an issued note."""

    until = UntilField()


class IssueForm(forms.Form):
    """The form of the circle to which a note is issued, and of the last day of its copies."""

    circle = OpaqueChoiceField(
        Circle.objects.none(),
        label=_("Cellule"),
        empty_label=_("Choisir…"),
        help_text=_(
            "Une note nomme chaque site et ses adresses : seules les cellules à l’adresse en reçoivent."
        ),
    )
    until = UntilField(
        initial=usual_end,
        help_text=_("Passé ce jour, plus personne ne les télécharge. Vous pourrez le repousser."),
    )

    def __init__(self, note: SynthesisNote, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        circles = Circle.objects.live().filter(territory=note.territory_id, precision=Precision.ADDRESS)
        if note.supersedes and note.supersedes.circle:
            # Those who had the former version get the new one.
            circles = circles.filter(pk=note.supersedes.circle.pk)
            self.fields["circle"].initial = note.supersedes.circle.pk
        field(self, "circle", forms.ModelChoiceField).queryset = circles
