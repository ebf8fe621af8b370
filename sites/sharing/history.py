"""Tell what a landlord said under an agreement, word after word."""

import datetime as dt
from dataclasses import dataclass

from accounts.journal.reading import names_of
from core.order import in_french
from sites.models import AgreementTerms, Commune, SharingAgreement


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a landlord: what it changed, the communes by name and in French order.

    Attributes:
        who: the lead's name; empty for readers who may not know, and for what was agreed before words were kept.
        first: whether it is the first one.
        council: the council that it is for, where it is the first one or names another; empty else.
        refused_council: the council that it refuses; empty if none.
    """

    at: dt.datetime
    who: str
    first: bool
    council: str
    refused_council: str
    added: list[str]
    removed: list[str]
    refused: list[str]


def history_of(agreement: SharingAgreement, *, named: bool) -> list[Word]:
    """Return what the landlord said, the last word first; with the names of its leads if ``named``."""
    rows = AgreementTerms.objects.filter(agreement=agreement).order_by("id")
    found = list(rows.select_related("organisation", "refused_organisation"))
    names = names_of(row.made_by_id for row in found if row.made_by_id) if named else {}
    communes = Commune.objects.in_bulk({pk for row in found for pk in (*row.communes, *row.refused)})
    words = []
    before: AgreementTerms | None = None
    for row in found:
        words.append(_word(row, before, names.get(row.made_by_id or 0, ""), communes))
        before = row
    return words[::-1]


def _word(row: AgreementTerms, before: AgreementTerms | None, who: str, communes: dict[int, Commune]) -> Word:
    was, refused = ({*before.communes}, {*before.refused} - {*before.communes}) if before else (set(), set())

    def names(ids: set[int]) -> list[str]:
        return sorted((communes[pk].name for pk in ids if pk in communes), key=in_french)

    same = before and (before.organisation_id, before.kind) == (row.organisation_id, row.kind)
    declined = row.refused_organisation
    return Word(
        at=row.made_at,
        who=who,
        first=before is None,
        council="" if same else f"{row.organisation} ({row.get_kind_display()})",
        refused_council=f"{declined} ({row.get_refused_kind_display()})" if declined else "",
        added=names({*row.communes} - was),
        removed=names(was - {*row.communes}),
        refused=names({*row.refused} - refused - was),
    )
