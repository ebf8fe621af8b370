"""Find the versions of a note, of which one alone stands."""

from accounts.scope import system_scope
from partners.models import SynthesisNote


def another_stands(note: SynthesisNote, *, but: SynthesisNote | None = None) -> bool:
    """Say whether another version of ``note`` stands than ``but``: one that was issued and is not withdrawn.

    The first version is locked until the end of the transaction, so that no two come to stand at once. One that closed
    with what is shared no more opens again where that is shared again: it stands as well.
    """
    with system_scope("withdrawing"):
        versions = SynthesisNote.objects.filter(pk__in=_versions_of(note), issued_at__isnull=False)
        standing = versions.filter(withdrawn_at=None)
        return standing.exclude(pk__in=(note.pk, but.pk if but else note.pk)).exists()


def _versions_of(note: SynthesisNote) -> set[int]:
    """Return the ids of all versions of a note; lock the first one."""
    first, older = note.pk, note.supersedes_id
    while older is not None:
        first = older
        older = SynthesisNote.objects.filter(pk=first).values_list("supersedes", flat=True).first()
    list(SynthesisNote.objects.select_for_update(of=("self",)).only("pk").filter(pk=first))
    found = newer = {first}
    while newer := set(SynthesisNote.objects.filter(supersedes__in=newer).values_list("pk", flat=True)):
        found = found | newer
    return found
