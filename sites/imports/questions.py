"""Ask the person what an import cannot decide: what the file says, what is known, and one answer for all alike.

An importer declares its kinds of question, each a code of its reasons, with the choices that may be taken. While
no answer is given the rows concerned are left as they are (:attr:`sites.enums.Outcome.ASKED`).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

# The most examples of a kind that are kept, and the most rows that one of them names.
_EXAMPLES, _LINES = 200, 20


class Ask(Protocol):
    """A function that asks about a row, and returns the choice taken; "" while there is none."""

    def __call__(self, kind: str, *, line: int, subject: str, file: str, known: str) -> str:
        """Ask the question of ``kind`` about the row ``line``."""
        ...


@dataclass
class Question:
    """A question, and the first rows that raise it.

    Attributes:
        kind: code of the reason for which the rows are asked about.
        lines: the first rows concerned, by their numbers in the file.
        subject: words by which the file's author recognises what it is about.
        file: what the file says.
        known: what is recorded.
    """

    kind: str
    lines: list[int] = field(default_factory=list)
    subject: str = ""
    file: str = ""
    known: str = ""


class Questions:
    """The questions that an import raises, and the answers already given.

    Args:
        answers: kind of question → the choice taken.
    """

    def __init__(self, answers: Mapping[str, str] | None = None) -> None:
        self._answers = dict(answers or {})
        self._rows: Counter[str] = Counter()
        self._kept: dict[str, dict[tuple[str, str, str], Question]] = {}

    def ask(self, kind: str, *, line: int, subject: str, file: str, known: str) -> str:
        """Return the choice taken for the questions of ``kind``; "" while there is none.

        Args:
            kind: code of the reason for which the row is asked about.
            line: the row's number in the file.
            subject: words by which the file's author recognises what it is about.
            file: what the file says.
            known: what is recorded.
        """
        self._rows[kind] += 1
        kept = self._kept.setdefault(kind, {})
        sides = (subject, file, known)
        if sides in kept or len(kept) < _EXAMPLES:
            question = kept.setdefault(sides, Question(kind, [], *sides))
            if len(question.lines) < _LINES:
                question.lines.append(line)
        return self._answers.get(kind, "")

    def unanswered(self) -> set[str]:
        """Return the kinds of question that were asked and have no answer."""
        return {kind for kind in self._rows if not self._answers.get(kind)}

    def stored(self) -> list[dict[str, Any]]:
        """Return the questions as JSON: a kind, its number of rows, and its first examples."""
        return [
            {"kind": kind, "rows": rows, "examples": [asdict(one) for one in self._kept[kind].values()]}
            for kind, rows in self._rows.items()
        ]
