"""Define the form of a file to import."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from core.forms import field
from sites.enums import ImportKind

from .run import importers

_ENDINGS = (".csv", ".csv.gz", ".txt", ".tsv", ".xlsx")


class UploadForm(forms.Form):
    """A form of a file, its kind and format, and one of the person's landlords."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("Bailleur"), empty_label=None)
    layout = forms.ChoiceField(label=_("Contenu et format du fichier"))
    file = forms.FileField(
        label=_("Fichier"), help_text=_("CSV ou XLSX, éventuellement compressé (.gz)."), max_length=255
    )

    def __init__(self, *args: Any, organisation_ids: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = Organisation.objects.filter(pk__in=organisation_ids)
        field(self, "organisation", forms.ModelChoiceField).queryset = own
        self.fields["organisation"].initial = own.first()
        if own.count() == 1:
            self.fields["organisation"].widget = forms.HiddenInput()
        field(self, "layout", forms.ChoiceField).choices = [
            (f"{kind}:{profile.name}", f"{ImportKind(kind).label.capitalize()} – {profile.title}")
            for kind, importer in importers().items()
            for profile in importer.profiles.values()
            if not profile.operator_only
        ]
        self.fields["file"].widget.attrs["accept"] = ",".join((*_ENDINGS, ".gz"))

    def clean_file(self) -> "UploadedFile[bytes]":
        """Refuse a file that is too large, or whose name is not that of a CSV or XLSX file."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > settings.UPLOAD_MAX_BYTES:
            message = _("Ce fichier est trop grand : %(limit)s au plus. Compressez-le (.gz) ou coupez-le.")
            raise forms.ValidationError(message % {"limit": filesizeformat(settings.UPLOAD_MAX_BYTES)})
        if not (file.name or "").lower().endswith(_ENDINGS):
            raise forms.ValidationError(_("Seuls les fichiers CSV et XLSX peuvent être lus."))
        return file

    def clean_layout(self) -> tuple[str, str]:
        """Return the kind and the name of the profile."""
        kind, name = self.cleaned_data["layout"].split(":", 1)
        return kind, name
