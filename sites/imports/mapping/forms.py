"""Define the forms that say what the columns and the words of a file mean."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.forms import LabelledForm, NameField, VersionedForm, field
from sites.enums import ImportKind
from sites.imports.analysis import headers_digest
from sites.imports.guard import validate_about_nobody
from sites.imports.run import importer_of
from sites.models import ImportRun, SharedMapping

from .fields import DAY_PARTS, PROJECTIONS
from .profile import positions_of
from .saved import headers_of
from .sharing import Word, words_of
from .suggest import missing

Choices = list[tuple[str, str | Promise]]
NAME_LENGTH = 100
_LOWEST_TITLES = 200
_TITLE_ROWS: Choices = [("1", gettext_lazy("une ligne")), ("2", gettext_lazy("deux lignes"))]
_ENCODINGS: Choices = [
    ("utf-8-sig", "UTF-8"),
    ("cp1252", gettext_lazy("Windows (1252)")),
    ("mac_roman", gettext_lazy("ancien Macintosh")),
    ("cp850", gettext_lazy("ancien DOS (850)")),
    ("utf-16", "UTF-16"),
]
_DELIMITERS: Choices = [
    (";", gettext_lazy("point-virgule")),
    (",", gettext_lazy("virgule")),
    ("\t", gettext_lazy("tabulation")),
    ("|", gettext_lazy("barre verticale")),
]
# The fields that concern some columns only.
_OPTIONS = ("projection", "dwellings", "day_order")
# The fields that may have one text for every row, for each kind.
_CONSTANTS = {
    ImportKind.STOCK: ("postcode", "city"),
    ImportKind.INCIDENTS: ("type", "postcode", "place_kind", "reporter"),
    ImportKind.DISRUPTIONS: ("type", "extent", "postcode"),
    ImportKind.OBSERVATIONS: ("type", "frequency", "postcode"),
}


class Column(NamedTuple):
    """A column of the file beside the choice of what it is."""

    title: str
    first: list[str]
    twice: bool
    field: BoundField


class ColumnsForm(LabelledForm):
    """A form that says what each column of a file is, with what holds for every row."""

    def __init__(self, *args: Any, run: ImportRun, mapping: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._run, self._mapping = run, mapping
        self._importer = importer_of(mapping["kind"])
        self._columns = run.analysis["columns"]
        fields: Choices = [("", _("Ne pas reprendre")), *self._importer.fields.items()]
        for position, column in enumerate(self._columns):
            label = column["title"] or _("Colonne %(number)d, sans titre") % {"number": position + 1}
            self.fields[_column(position)] = forms.ChoiceField(
                label=label, choices=fields, required=False, initial=mapping["columns"].get(str(position), "")
            )
        self._add_options(mapping)
        self.fields["save_as"] = NameField(
            label=_("Enregistrer ces colonnes sous un nom"),
            help_text=_("Le prochain fichier qui a les mêmes titres sera lu de la même façon."),
            max_length=NAME_LENGTH,
            required=False,
            validators=[validate_about_nobody],
            initial=mapping.get("save_as") or mapping.get("saved", ""),
        )

    def _add_options(self, mapping: dict[str, Any]) -> None:
        options = mapping.get("options", {})
        self.fields["projection"] = forms.ChoiceField(
            label=_("Système des coordonnées X et Y"),
            choices=list(PROJECTIONS.items()),
            required=False,
            initial=options.get("projection"),
        )
        if mapping["kind"] == ImportKind.STOCK:
            self.fields["dwellings"] = forms.ChoiceField(
                label=_("Plusieurs lignes à une même adresse"),
                choices=[
                    ("", _("Me demander quand leurs nombres de logements diffèrent")),
                    ("highest", _("Le nombre de logements est le plus grand des lignes")),
                    ("sum", _("Le nombre de logements est la somme des lignes")),
                ],
                required=False,
                initial=options.get("dwellings"),
            )
        if "day_order" in self._importer.questions:
            self.fields["day_order"] = forms.ChoiceField(
                label=_("Dates en chiffres"),
                choices=[("", _("Reconnues par la colonne")), *self._importer.questions["day_order"]],
                required=False,
                initial=options.get("day_order"),
            )
        for name in _CONSTANTS.get(ImportKind(mapping["kind"]), ()):
            self.fields[f"constant_{name}"] = self._constant(name, mapping.get("constants", {}).get(name, ""))

    def _constant(self, name: str, initial: str) -> forms.Field:
        choices = self._importer.constants(name)
        label = str(self._importer.fields.get(name, name))
        if choices:
            return forms.ChoiceField(
                label=label, choices=[("", "–"), *choices], required=False, initial=initial
            )
        return NameField(
            label=label,
            max_length=NAME_LENGTH,
            required=False,
            initial=initial,
            validators=[validate_about_nobody],
        )

    def columns(self) -> Iterator[Column]:
        """Yield the columns of the file, each with its choice."""
        titles = [column["title"] for column in self._columns]
        for position, column in enumerate(self._columns):
            twice = bool(column["title"]) and titles.count(column["title"]) > 1
            yield Column(column["title"], column["first"], twice, self[_column(position)])

    def options(self) -> list[BoundField]:
        """Return the fields that concern some columns only."""
        return [self[name] for name in _OPTIONS if name in self.fields]

    def constants(self) -> list[BoundField]:
        """Return the fields of what holds for every row."""
        return [self[name] for name in self.fields if name.startswith("constant_")]

    def clean(self) -> dict[str, Any]:
        """Build the mapping; name what files of this kind must have and what only goes together."""
        data = super().clean() or {}
        mapping = self._chosen(data)
        positions = positions_of(mapping)
        labels = self._importer.fields
        lacking = missing(mapping, mapping["headers"])
        if lacking:
            names = get_text_list([_("« %(text)s »") % {"text": labels[name]} for name in lacking], _("et"))
            self.add_error(None, _("Dites quelle colonne contient : %(names)s.") % {"names": names})
        for together in (DAY_PARTS, ("longitude", "latitude"), ("x_l93", "y_l93")):
            there = [name for name in together if name in positions]
            if there and len(there) < len(together):
                named = get_text_list(
                    [_("« %(text)s »") % {"text": labels[name]} for name in together], _("et")
                )
                self.add_error(None, _("Ces champs vont ensemble : %(names)s.") % {"names": named})
        data["mapping"] = mapping
        return data

    def _chosen(self, data: dict[str, Any]) -> dict[str, Any]:
        headers = headers_of(self._run)
        columns = {
            str(position): data[_column(position)]
            for position in range(len(headers))
            if data.get(_column(position))
        }
        given = {
            name.removeprefix("constant_"): value
            for name, value in data.items()
            if name.startswith("constant_")
        }
        options = {name: data[name] for name in _OPTIONS if data.get(name)}
        return {
            "kind": self._mapping["kind"],
            "base": self._mapping["base"],
            "reading": self._mapping.get("reading", {}),
            "headers": headers,
            "digest": headers_digest(headers),
            "columns": columns,
            "values": self._mapping.get("values", {}),
            "constants": {name: value for name, value in given.items() if value},
            "options": options,
            "save_as": data.get("save_as", ""),
        }


class ReadingForm(LabelledForm):
    """A form that says how a file is to be read, where what was recognised is not right."""

    def __init__(self, *args: Any, run: ImportRun, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = run.analysis["recognised"]
        chosen = self._before = run.mapping.get("reading", {})
        for name, label in (("member", _("Fichier de l’archive")), ("sheet", _("Feuille"))):
            names = found[f"{name}s"]
            if len(names) > 1:
                self._choose(name, label, [(text, text) for text in names], chosen.get(name) or found[name])
        self.fields["header_row"] = forms.IntegerField(
            label=_("Ligne des titres"),
            min_value=1,
            max_value=_LOWEST_TITLES,
            required=False,
            initial=found["header_row"],
        )
        self._choose("header_rows", _("Titres sur"), _TITLE_ROWS, found["header_rows"])
        if found["encoding"]:
            self._choose("encoding", _("Codage des caractères"), _ENCODINGS, found["encoding"])
            self._choose("delimiter", _("Séparateur des colonnes"), _DELIMITERS, found["delimiter"])

    def _choose(self, name: str, label: str, choices: Choices, initial: str | int) -> None:
        known = [str(value) for value, _label in choices]
        choices = choices if str(initial) in known else [(str(initial), str(initial)), *choices]
        self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=False, initial=initial)

    def reading(self) -> dict[str, str | int]:
        """Return the choices, these and those made before, as :class:`sites.imports.reading.Choices` takes them."""
        sent = {name: value for name, value in self.cleaned_data.items() if value}
        if rows := sent.pop("header_rows", ""):
            sent["header_rows"] = int(rows)
        before = dict(self._before)
        if {"member", "sheet"} & sent.keys():
            # The titles of another sheet stand elsewhere.
            before.pop("header_row", None)
            before.pop("header_rows", None)
        return before | sent


class MappingNameForm(VersionedForm, LabelledForm):
    """A form of the name of a mapping."""

    name = NameField(label=gettext_lazy("Nom"), max_length=NAME_LENGTH, validators=[validate_about_nobody])


class _WordsField(forms.MultipleChoiceField):
    """A choice among the words of a shared mapping; a word that is no longer there is left to the conflict page."""

    def valid_value(self, value: str) -> bool:
        """Accept any key: the service keeps no word that the mapping does not hold."""
        return True


class SharedMappingForm(VersionedForm, LabelledForm):
    """A form of the name of a shared mapping, and of those of its words that stay."""

    name = NameField(label=gettext_lazy("Nom"), max_length=NAME_LENGTH, validators=[validate_about_nobody])
    words = _WordsField(
        label=gettext_lazy("Mots partagés"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, shared: SharedMapping, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = words_of(shared)
        self._held = {word.key: word for word in held}
        labels = _meanings(shared)
        choices = [(word.key, f"{word.word} → {labels.get(word.code, word.code)}") for word in held]
        field(self, "words", forms.MultipleChoiceField).choices = choices
        if not held:
            del self.fields["words"]

    def clean_words(self) -> list[Word]:
        """Return the words that stay, as the mapping holds them; those that it no longer holds without a meaning."""
        return [self._held.get(key) or Word.of(key) for key in self.cleaned_data["words"]]

    def kept(self) -> set[tuple[str, str]]:
        """Return the words that stay, each with its field."""
        return {(word.field, word.word) for word in self.cleaned_data.get("words", [])}


def initial_of(shared: SharedMapping) -> dict[str, Any]:
    """Return the initial values of the form of a shared mapping."""
    return {"name": shared.name, "words": [word.key for word in words_of(shared)]}


def _meanings(shared: SharedMapping) -> dict[str, str]:
    """Return what each code of a shared mapping means, in words."""
    importer = importer_of(shared.kind)
    meanings = {code: str(label) for label, code in importer.words()}
    for name in importer.worded:
        meanings |= {code: str(label) for code, label in importer.constants(name)}
    return meanings | {"": _("laissé de côté")}


def _column(position: int) -> str:
    return f"column_{position}"
