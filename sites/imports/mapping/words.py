"""Define the form that says what the words of a file mean."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _

from core.forms import LabelledForm
from sites.enums import ImportKind
from sites.imports.guard import speaks_of_somebody
from sites.imports.run import Importer, importer_of
from sites.models import ImportRun

from .fields import bare
from .forms import Choices
from .profile import positions_of, profile_of

LEFT_OUT = "-"


class Word(NamedTuple):
    """A word of the source with its number of rows, beside the choice of what it means."""

    text: str
    rows: int
    known: bool
    field: BoundField


class Words(NamedTuple):
    """The words of a field of the product, with the label of that field."""

    label: str
    words: list[Word]


class WordsForm(LabelledForm):
    """A form that says what each word of the file means: of its types, its kinds of place, its reporters."""

    def __init__(self, *args: Any, run: ImportRun, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kind, self._importer, self._mapping = run.kind, importer_of(run.kind), run.mapping
        self._words = words_of(run)
        self._known = {name: _proposed(self._importer, name, words) for name, words in self._words.items()}
        for name, words in self._words.items():
            chosen, choices = run.mapping.get("values", {}).get(name, {}), self._choices(name)
            for position, (word, _rows) in enumerate(words):
                initial = (chosen[word] or LEFT_OUT) if word in chosen else self._known[name].get(word, "")
                self.fields[_word(name, position)] = forms.ChoiceField(
                    label=word, choices=choices, required=False, initial=initial
                )

    def _choices(self, name: str) -> Choices:
        undecided = ("", _("Ne pas décider : la ligne sera écartée"))
        if name == "type":
            facts = self._kind == ImportKind.INCIDENTS
            out = _("Laisser de côté : ce n’est pas un fait") if facts else _("Laisser ces lignes de côté")
            return [undecided, (LEFT_OUT, out), *((code, label) for label, code in self._importer.words())]
        if name in self._importer.required(profile_of(self._mapping, self._importer)):
            return [undecided, *self._importer.constants(name)]
        return [
            ("", _("Ne pas décider : ce mot est laissé de côté, avec une remarque")),
            (LEFT_OUT, _("Laisser de côté")),
            *self._importer.constants(name),
        ]

    def groups(self) -> Iterator[Words]:
        """Yield the words of each field that has some to tell."""
        for name in self._words:
            yield Words(str(self._importer.fields[name]), list(self.words(name)))

    def words(self, name: str = "type") -> Iterator[Word]:
        """Yield the words of a field, those nothing is proposed for first, each with its choice."""
        known = self._known.get(name, {})
        numbered = sorted(enumerate(self._words.get(name, ())), key=lambda one: one[1][0] in known)
        for position, (word, rows) in numbered:
            yield Word(word, rows, word in known, self[_word(name, position)])

    def clean(self) -> dict[str, Any]:
        """Put the choices into the mapping."""
        data = super().clean() or {}
        values = dict(self._mapping.get("values", {}))
        for name, words in self._words.items():
            chosen = {
                word: data.get(_word(name, position), "") for position, (word, _rows) in enumerate(words)
            }
            values[name] = {word: "" if code == LEFT_OUT else code for word, code in chosen.items() if code}
        data["mapping"] = {**self._mapping, "values": values}
        return data


def _proposed(importer: Importer, name: str, words: list[tuple[str, int]]) -> dict[str, str]:
    """Return the code that each word seems to mean; a word that seems to mean none is left out."""
    texts = [word for word, _rows in words]
    if name == "type":
        return importer.propose(texts)
    meant = {bare(str(text)): code for code, label in importer.constants(name) for text in (code, label)}
    found = {text: meant.get(bare(text)) or importer.worded[name](text) for text in texts}
    return {text: code for text, code in found.items() if code}


def words_of(run: ImportRun) -> dict[str, list[tuple[str, int]]]:
    """Return field → the words of its column to give a meaning to, with their rows; only fields that have some.

    Nobody has to where the shipped format says it, or where the words are in several columns or too many. Words that
    seem to speak of a person are left out: their rows are rejected.
    """
    importer = importer_of(run.kind)
    types = ("type",) if importer.words() and not _says_types(importer, run.mapping) else ()
    found = {name: _column_words(run, name) for name in (*types, *importer.worded)}
    return {name: words for name, words in found.items() if words}


def _column_words(run: ImportRun, name: str) -> list[tuple[str, int]]:
    places = positions_of(run.mapping).get(name, [])
    words = run.analysis["columns"][places[0]]["words"] if len(places) == 1 else None
    return [(word, rows) for word, rows in words or [] if not speaks_of_somebody(word)]


def are_words_told(run: ImportRun) -> bool:
    """Say whether every word is a name of the product's own."""
    importer = importer_of(run.kind)
    own = {name for pair in importer.words() for name in pair}
    for name, words in words_of(run).items():
        known = own if name == "type" else _proposed(importer, name, words)
        if any(word not in known for word, _rows in words):
            return False
    return True


def _says_types(importer: Importer, mapping: dict[str, Any]) -> bool:
    base = profile_of({**mapping, "values": {}}, importer)
    return bool(base.tables.get("types"))


def _word(name: str, position: int) -> str:
    return f"word_{position}" if name == "type" else f"word_{name}_{position}"
