"""Define the forms of a file to import, and of the answers to its questions."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from core.forms import field
from sites.models import ImportRun

from . import steps
from .reading import ENDINGS
from .run import importer_of


class UploadForm(forms.Form):
    """A form of a file and one of the person's landlords; what it holds is read from the file."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label=_("Bailleur"), empty_label=None)
    file = forms.FileField(
        label=_("Fichier"),
        help_text=_(
            "Tableur (XLSX, XLS, ODS), texte (CSV, TSV) ou GeoJSON, éventuellement compressé (ZIP, GZ)."
        ),
        max_length=255,
    )

    def __init__(
        self, *args: Any, organisation_ids: Iterable[int], user_id: int | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._user_id = user_id
        own = Organisation.objects.filter(pk__in=organisation_ids)
        field(self, "organisation", forms.ModelChoiceField).queryset = own
        self.fields["organisation"].initial = own.first()
        if own.count() == 1:
            self.fields["organisation"].widget = forms.HiddenInput()
        self.fields["file"].widget.attrs["accept"] = ",".join(ENDINGS)

    def clean(self) -> dict[str, Any]:
        """Refuse a file of somebody who has too many waiting already, with the way to them."""
        if steps.waiting_of(self._user_id).count() >= settings.IMPORT_FILES_WAITING:
            message = format_html(
                '{} <a href="{}">{}</a>',
                _(
                    "%(n)d de vos fichiers attendent déjà, le plus qui se puisse : importez-les ou abandonnez-les."
                )
                % {"n": settings.IMPORT_FILES_WAITING},
                reverse("sites:imports"),
                _("Voir les imports"),
            )
            raise forms.ValidationError(message)
        return super().clean() or {}

    def clean_file(self) -> "UploadedFile[bytes]":
        """Refuse a file that is too large, or whose name is not that of a file that is read."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > settings.UPLOAD_MAX_BYTES:
            message = _("Ce fichier est trop grand : %(limit)s au plus. Compressez-le (.gz) ou coupez-le.")
            raise forms.ValidationError(message % {"limit": filesizeformat(settings.UPLOAD_MAX_BYTES)})
        if not (file.name or "").lower().endswith(ENDINGS):
            raise forms.ValidationError(
                _("Ce fichier n’est ni un tableur (XLSX, XLS, ODS), ni un texte (CSV, TSV), ni un GeoJSON.")
            )
        return file


class AnswersForm(forms.Form):
    """A form of one answer for each kind of question that an import raised, and of each answer given before.

    A preview by an answer may raise its question no more: the answer still counts, and may be taken back.
    """

    def __init__(self, *args: Any, run: ImportRun, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = importer_of(run.kind)
        labels = dict(asked.reasons.choices)
        answered = {kind: {"kind": kind, "rows": 0, "examples": []} for kind in run.answers}
        self.questions = answered | {question["kind"]: question for question in run.questions}
        for kind in self.questions:
            choices = [*asked.questions.get(kind, []), ("", _("Ne pas décider : ces lignes me reviendront"))]
            self.fields[kind] = forms.ChoiceField(
                label=labels.get(kind, kind),
                choices=choices,
                widget=forms.RadioSelect,
                required=False,
                initial=run.answers.get(kind, ""),
            )

    def asked(self) -> list[tuple[dict[str, Any], forms.BoundField]]:
        """Return each kind of question with its examples, beside the field of its answer.

        "subjects" and "knowns" say whether any example has one, so that no column of the page is empty.
        """
        return [
            (
                question
                | {
                    f"{part}s": any(one[part] for one in question["examples"])
                    for part in ("subject", "known")
                },
                self[kind],
            )
            for kind, question in self.questions.items()
        ]

    def answers(self) -> dict[str, str]:
        """Return the answers given, by kind."""
        return {kind: choice for kind, choice in self.cleaned_data.items() if choice}
