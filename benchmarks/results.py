"""One figure, and the file they are written to."""

import resource
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """What something cost, beside a reference measured in the same run.

    ``ours`` and ``theirs`` are in the same unit (seconds unless ``unit`` says otherwise);
    ``limit`` is the highest accepted ratio; ``memory`` the peak of this process in MB.
    """

    name: str
    ours: float
    reference: str
    theirs: float
    limit: float = 1.0
    memory: float | None = None
    unit: str = "s"

    @property
    def ratio(self) -> float:
        """Ours over theirs."""
        return self.ours / self.theirs

    @property
    def holds(self) -> bool:
        """Whether the ratio is within its limit."""
        return self.ratio <= self.limit

    def row(self) -> str:
        """The figure as a row of a Markdown table."""
        memory = f"{self.memory:.0f} MB" if self.memory else ""
        verdict = "yes" if self.holds else "**no**"
        return (
            f"| {self.name} | {self.ours:.4g} {self.unit} | {self.reference} | {self.theirs:.4g} {self.unit} "
            f"| {self.ratio:.2f} | ≤ {self.limit:g} | {verdict} | {memory} |"
        )


def peak_memory() -> float:
    """Peak resident memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
