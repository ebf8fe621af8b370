"""Give a mapping to the other landlords, find those given, and take them back."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.enums import AuditAction
from accounts.journal import audit
from accounts.scope import Scope
from core.versions import State, check_version
from sites.imports.guard import speaks_of_somebody
from sites.models import ImportMapping, SharedMapping

# What is chosen from lists of the product; the other parts of a mapping are texts of the landlord's file.
_KEPT = ("kind", "base", "digest", "options")


def given(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what others may see of a mapping: the titles of the columns that are read, and words with their meaning.

    Titles and words that seem to speak of a person are left out; so are constants, and how the file is read.
    """
    headers = content["headers"]
    columns = {
        place: field
        for place, field in content["columns"].items()
        if not speaks_of_somebody(headers[int(place)])
    }
    return {
        **{key: content[key] for key in _KEPT if key in content},
        "headers": [title if str(place) in columns else "" for place, title in enumerate(headers)],
        "columns": columns,
        "values": {
            field: {word: code for word, code in words.items() if not speaks_of_somebody(word)}
            for field, words in content.get("values", {}).items()
            if field in columns.values()
        },
        "constants": {},
        "reading": {},
    }


@transaction.atomic
def share(scope: Scope, mapping: ImportMapping, *, version: str) -> bool:
    """Give the other landlords a mapping as it is now, in place of what was given of it before.

    False where its name seems to speak of a person.

    Raises:
        StaleError: it has changed since ``version``, the one that the person was shown.
    """
    mapping = ImportMapping.objects.select_for_update().get(pk=mapping.pk)
    check_version(version, mapping, whole_of(mapping))
    if speaks_of_somebody(mapping.name):
        return False
    shared, created = SharedMapping.objects.update_or_create(
        mapping=mapping,
        defaults={
            "organisation_id": mapping.organisation_id,
            "kind": mapping.kind,
            "name": mapping.name,
            "content": given(mapping.content),
            "headers": mapping.headers,
        },
    )
    action = AuditAction.CREATE if created else AuditAction.UPDATE
    audit.write_entry(scope, action, shared, organisation_id=shared.organisation_id)
    return True


@dataclass(frozen=True)
class Word:
    """A word of a shared mapping, with the field it stands in and the code of its meaning, "" for none.

    It iterates over these three, by which the versions of a mapping are told apart.
    """

    field: str
    word: str
    code: str = ""

    @classmethod
    def of(cls, key: str) -> "Word":
        """Return the word of a key, without its meaning."""
        field, _colon, word = key.partition(":")
        return cls(field, word)

    @property
    def key(self) -> str:
        """The value of its box in the form."""
        return f"{self.field}:{self.word}"

    def __iter__(self) -> Iterator[str]:
        return iter((self.field, self.word, self.code))

    def __str__(self) -> str:
        return self.word


def words_of(shared: SharedMapping) -> list[Word]:
    """Return the words that a shared mapping holds."""
    values = shared.content["values"]
    return [Word(field, word, code) for field, words in values.items() for word, code in words.items()]


def state_of(shared: SharedMapping) -> State:
    """Return what the form of a shared mapping writes: its name, and its words where it has any."""
    words = words_of(shared)
    return {"name": shared.name} | ({"words": words} if words else {})


@transaction.atomic
def edit(
    scope: Scope, shared: SharedMapping, *, name: str, kept: Collection[tuple[str, str]], version: str
) -> None:
    """Rename a shared mapping, and keep only the words ``kept``, each a field and a word.

    Raises:
        StaleError: it has changed since ``version``, with which the form was opened.
    """
    shared = SharedMapping.objects.select_for_update().get(pk=shared.pk)
    check_version(version, shared, state_of(shared))
    values = shared.content["values"]
    shared.name = name
    shared.content["values"] = {
        field: {word: code for word, code in words.items() if (field, word) in kept}
        for field, words in values.items()
    }
    shared.save(update_fields=["name", "content", "changed_at"])
    audit.write_entry(scope, AuditAction.UPDATE, shared, organisation_id=shared.organisation_id)


def whole_of(record: ImportMapping | SharedMapping) -> State:
    """Return all that a person decides about who deletes a mapping, shares it or takes it back."""
    return {"name": record.name, "content": json.dumps(record.content, sort_keys=True)}


@transaction.atomic
def withdraw(scope: Scope, shared: SharedMapping, *, version: str) -> None:
    """Take a mapping back from the other landlords; theirs, and imports already made, stay as they are.

    Raises:
        StaleError: the row, which the caller has locked, is not at ``version``, the one that the person was shown.
    """
    check_version(version, shared, whole_of(shared))
    audit.write_entry(scope, AuditAction.CANCEL, shared, organisation_id=shared.organisation_id)
    shared.delete()


def shared_for(digest: str) -> dict[str, Any] | None:
    """Return the mapping given last for files of these titles; None without any."""
    found = SharedMapping.objects.filter(headers=digest).order_by("-changed_at").first()
    return {**found.content, "shared": found.name} if found else None
