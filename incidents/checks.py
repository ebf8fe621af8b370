"""Check what is stated of a fact, by the same rules and in the same words for a form, a program and a file.

The bounds of its days are in :mod:`incidents.days`, the texts about nobody in :mod:`incidents.shield.validators`.
"""

import datetime as dt
import re
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import DecimalValidator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# In euros: below a hundred million, to the cent.
COST_DIGITS, COST_DECIMALS = 10, 2
SPAN_FAULT = _("La fin de la période doit suivre son début.")
COMPLAINT_FAULT = _("Un numéro de plainte suppose une plainte déposée.")

_COST = re.compile(r"\+?\d{1,12}(?:\.\d{1,20})?", re.ASCII)
_check_cost = DecimalValidator(COST_DIGITS, COST_DECIMALS)
# A workbook computes in binary: 12.300000000000001 is 12.3, while nobody writes so many decimals.
_COMPUTED, _KEPT = 9, 6


def contradictions(
    *, day: dt.date | None, span_end: dt.date | None, complaint_filed: bool, complaint_reference: str
) -> dict[str, Promise]:
    """Return the fields of a fact that contradict others, each with the words for it."""
    found: dict[str, Promise] = {}
    if day and span_end and span_end <= day:
        found["span_end"] = SPAN_FAULT
    if complaint_reference and not complaint_filed:
        found["complaint_reference"] = COMPLAINT_FAULT
    return found


def read_cost(text: str) -> Decimal | None:
    """Parse a cost in euros, with a point or a comma; None for what is none, or has three decimals.

    1.250 may be twelve hundred and fifty, or one and a quarter.
    """
    bare = "".join(text.replace("€", "").split()).replace(",", ".")
    if not _COST.fullmatch(bare):
        return None
    cost = Decimal(bare)
    if len(bare.partition(".")[2]) >= _COMPUTED:
        cost = round(cost, _KEPT).normalize()
    try:
        _check_cost(cost)
    except ValidationError:
        return None
    return cost
