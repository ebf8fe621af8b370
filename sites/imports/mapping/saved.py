"""Find the mapping for a file whose titles were seen before, and keep mappings free of words about people."""

from collections.abc import Mapping
from typing import Any

from sites.imports.analysis import headers_digest
from sites.imports.guard import speaks_of_somebody
from sites.imports.rejected import own_columns
from sites.models import ImportMapping, ImportRun

from .sharing import shared_for
from .suggest import carried_over, suggest


def mapping_for(run: ImportRun) -> dict[str, Any]:
    """Return the mapping for an analysed file: one saved for its titles, that of the last such file, or a suggestion.

    Before the suggestion comes a mapping that another landlord shares.
    """
    headers = headers_of(run)
    known = saved_for(run) or _last(run) or shared_for(headers_digest(headers))
    return carried_over(known, headers) if known else suggest(headers, own_columns(headers))


def saved_for(run: ImportRun) -> dict[str, Any] | None:
    """Return the mapping that the landlord saved for a file of the same titles, the last one; None without any."""
    digest = headers_digest(headers_of(run))
    saved = ImportMapping.objects.filter(organisation=run.organisation_id, headers=digest)
    found = saved.order_by("-changed_at").first()
    return {**found.content, "saved": found.name} if found else None


def headers_of(run: ImportRun) -> list[str]:
    """Return the titles of an analysed file, by position."""
    return [column["title"] for column in run.analysis["columns"]]


def without_words_about_people(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """Return a mapping that may be kept: words and titles that seem to speak of a person are gone."""
    if not mapping:
        return {}
    values = {
        field: {word: code for word, code in words.items() if not speaks_of_somebody(word)}
        for field, words in mapping.get("values", {}).items()
    }
    titles = ["" if speaks_of_somebody(title) else title for title in mapping.get("headers", [])]
    plain = {
        part: {name: "" if speaks_of_somebody(str(said)) else said for name, said in mapping[part].items()}
        for part in ("constants", "reading")
        if part in mapping
    }
    return {**mapping, **plain, "values": values, "headers": titles}


def _last(run: ImportRun) -> dict[str, Any] | None:
    """Return the mapping of the landlord's last import of a file of the same titles; None without one."""
    digest = headers_digest(headers_of(run))
    past = ImportRun.objects.filter(organisation=run.organisation_id, mapping__digest=digest, stage="import")
    found = past.exclude(pk=run.pk).order_by("-id").values_list("mapping", flat=True).first()
    return {key: value for key, value in found.items() if key not in {"saved", "shared"}} if found else None
