"""Keep a landlord's mappings: record, rename, delete."""

from typing import Any

from django.db import IntegrityError, transaction

from accounts.enums import AuditAction
from accounts.journal import audit
from accounts.scope import Scope
from core.versions import State, check_version
from sites.enums import ImportStage
from sites.imports.steps import waiting
from sites.models import ImportMapping, ImportRun

from .saved import without_words_about_people
from .sharing import whole_of

# What a run's mapping holds beside the mapping: the names it was found under, the name to keep it under.
_OF_THE_RUN = ("saved", "shared", "save_as")
# Kinds of question whose answer is an option of that name in the mapping.
_OPTIONS = ("day_order",)


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
def keep_answers(scope: Scope, run: ImportRun, *, answers: dict[str, str]) -> None:
    """Keep the answers that are options of the mapping, on the run and in the mapping saved for it.

    The next file of the same titles is read by them, and asks nothing.

    Args:
        scope: who answered.
        run: the run.
        answers: kind of question → choice, "" for one that was left open.
    """
    said = {kind: answers[kind] for kind in _OPTIONS if kind in answers}
    content = _with_options(run.mapping, said)
    if content == run.mapping:
        return
    run.mapping = content
    ImportRun.objects.filter(pk=run.pk).update(mapping=run.mapping)
    name = run.mapping.get("save_as") or run.mapping.get("saved", "")
    for mapping in ImportMapping.objects.select_for_update().filter(
        organisation=run.organisation_id, name=name, headers=run.mapping.get("digest", "")
    ):
        mapping.content = _with_options(mapping.content, said)
        mapping.save(update_fields=["content", "changed_at"])
        audit.write_entry(scope, AuditAction.UPDATE, mapping, organisation_id=mapping.organisation_id)


def _with_options(content: dict[str, Any], said: dict[str, str]) -> dict[str, Any]:
    """Return the content of a mapping with options set, or taken out where they are empty."""
    options = {**content.get("options", {}), **said}
    return {**content, "options": {name: choice for name, choice in options.items() if choice}}


def state_of(mapping: ImportMapping) -> State:
    """Return what the form of a mapping writes: its name."""
    return {"name": mapping.name}


@transaction.atomic
def rename_mapping(scope: Scope, mapping: ImportMapping, *, name: str, version: str) -> bool:
    """Give a mapping another name; False when another mapping of the landlord has it.

    Raises:
        StaleError: it has been renamed since ``version``, with which the form was opened.
    """
    mapping = ImportMapping.objects.select_for_update().get(pk=mapping.pk)
    check_version(version, mapping, state_of(mapping))
    mapping.name = name
    try:
        with transaction.atomic():
            mapping.save(update_fields=["name"])
    except IntegrityError:
        return False
    audit.write_entry(scope, AuditAction.UPDATE, mapping, organisation_id=mapping.organisation_id)
    return True


@transaction.atomic
def delete_mapping(scope: Scope, mapping: ImportMapping, *, version: str) -> None:
    """Delete a mapping; the imports it served stay as they are.

    Raises:
        StaleError: it has changed since ``version``, the one that the person was shown.
    """
    mapping = ImportMapping.objects.select_for_update().get(pk=mapping.pk)
    check_version(version, mapping, whole_of(mapping))
    audit.write_entry(scope, AuditAction.CANCEL, mapping, organisation_id=mapping.organisation_id)
    mapping.delete()
