"""Keep a landlord's mappings: record, rename, delete."""

from typing import Any

from django.db import IntegrityError, transaction

from accounts.enums import AuditAction
from accounts.journal import audit
from accounts.scope import Scope
from sites.enums import ImportStage
from sites.imports.steps import waiting
from sites.models import ImportMapping, ImportRun

from .saved import without_words_about_people

# What a run's mapping holds beside the mapping: the names it was found under, the name to keep it under.
_OF_THE_RUN = ("saved", "shared", "save_as")


@transaction.atomic
def note_columns(scope: Scope, run: ImportRun, *, mapping: dict[str, Any]) -> bool:
    """Store on the run what its columns mean, before its words are told; False when it waits for nobody any more.

    What another mapping previewed is no longer true: the run stands after its analysis again.
    """
    values = {"stage": ImportStage.ANALYSIS, "mapping": mapping, "kind": mapping["kind"]}
    previewed: dict[str, Any] = {"counts": {}, "report": None, "questions": [], "answers": {}}
    if not waiting(run).update(**values, **previewed):
        return False
    run.mapping, run.kind = mapping, mapping["kind"]
    audit.write_entry(
        scope, AuditAction.UPDATE, run, organisation_id=run.organisation_id, columns=len(mapping["columns"])
    )
    return True


@transaction.atomic
def save_mapping(scope: Scope, run: ImportRun, *, name: str) -> ImportMapping:
    """Keep the run's mapping under ``name`` for its landlord, in place of another of that name.

    Words that seem to speak of a person are not kept.
    """
    content = {key: value for key, value in run.mapping.items() if key not in _OF_THE_RUN}
    mapping, created = ImportMapping.objects.update_or_create(
        organisation=run.organisation,
        name=name,
        defaults={
            "kind": run.kind,
            "content": without_words_about_people(content),
            "headers": content["digest"],
            "created_by_id": scope.user_id,
        },
    )
    action = AuditAction.CREATE if created else AuditAction.UPDATE
    audit.write_entry(scope, action, mapping, organisation_id=mapping.organisation_id)
    return mapping


@transaction.atomic
def rename_mapping(scope: Scope, mapping: ImportMapping, *, name: str) -> bool:
    """Give a mapping another name; False when another mapping of the landlord has it."""
    mapping.name = name
    try:
        with transaction.atomic():
            mapping.save(update_fields=["name"])
    except IntegrityError:
        return False
    audit.write_entry(scope, AuditAction.UPDATE, mapping, organisation_id=mapping.organisation_id)
    return True


@transaction.atomic
def delete_mapping(scope: Scope, mapping: ImportMapping) -> None:
    """Delete a mapping; the imports it served stay as they are."""
    audit.write_entry(scope, AuditAction.CANCEL, mapping, organisation_id=mapping.organisation_id)
    mapping.delete()
