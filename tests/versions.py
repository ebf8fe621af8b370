"""Read the version of a record in a form."""

from core.versions import version_of


def opened(client, url: str) -> dict[str, str]:
    """What the hidden field of the form at ``url`` sends, as it opens now."""
    return {"version": client.get(url).context["form"]["version"].value()}


def planted(record, state_of) -> dict[str, str]:
    """The same of a planted record, read as the product."""
    from accounts.scope import system_scope

    with system_scope("seeding"):
        record = type(record).objects.get(pk=record.pk)
        return {"version": version_of(record, state_of(record))}
