"""Define named breakages of the product's promises, each of which some test must notice.

``make mutants`` breaks one thing after another in copies of the checkout, runs the tests named for it
and writes which of them failed into ``docs/mutants.md``. ``make mutants ONLY=name`` runs one, or those
whose names a pattern matches.
"""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


class AnchorError(Exception):
    """The text that a mutant replaces is not there, or not once: the mutant must be written anew."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One breakage.

    Attributes:
        name: what it is called, in words joined by hyphens.
        promise: what no longer holds, as the promise that is broken.
        file: the file that is changed, from the root of the checkout.
        old: the text that is replaced; it stands in the file once, or first after ``after``.
        new: what replaces it.
        tests: files or tests, one of which must fail.
        after: a text that stands in the file once, before ``old``; empty where ``old`` is unique.
    """

    name: str
    promise: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    after: str = ""

    @property
    def group(self) -> str:
        """The group it is listed under: the first word of its name."""
        return self.name.split(":", 1)[0]

    @property
    def is_policy(self) -> bool:
        """True for a change of the policies, which is made in the database and not in the checkout."""
        return "/policies/" in self.file

    def broken(self, checkout: Path = ROOT) -> str:
        """Return the text of the file of a checkout with the change.

        Raises:
            AnchorError: the text to replace does not stand there as it should.
        """
        text = (checkout / self.file).read_text(encoding="utf-8")
        if not self.after and text.count(self.old) != 1:
            message = f"{self.name}: {text.count(self.old)} times in {self.file}: {self.old!r}"
            raise AnchorError(message)
        if self.after and (text.count(self.after) != 1 or self.old not in text.split(self.after)[1]):
            message = f"{self.name}: not found in {self.file} after {self.after!r}: {self.old!r}"
            raise AnchorError(message)
        before, there, rest = text.partition(self.after) if self.after else ("", "", text)
        return before + there + rest.replace(self.old, self.new, 1)
