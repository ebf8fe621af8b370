"""Have a disruption or a standing observation that is recorded already told, not recorded a second time."""

from core.once import one_at_a_time
from incidents.models import Lasting

from .states import STATED

_PLACE = ("residence_id", "address_id")


class AlreadyRecordedError(Exception):
    """The error of recording what a record that counts says already, word for word; nothing is written.

    Attributes:
        record: that record.
    """

    def __init__(self, record: Lasting) -> None:
        super().__init__(record.pk)
        self.record = record


def refuse_twice(record: Lasting) -> None:
    """Refuse a new record, not saved yet, whose content one that is not cancelled has; of two at once the second waits.

    A form that is sent twice would leave two of them, and the level would stay after one was cancelled.

    Raises:
        AlreadyRecordedError: there is one.
    """
    rows = type(record)._default_manager
    one_at_a_time("/".join(map(str, [record._meta.label, *(getattr(record, name) for name in _PLACE)])))
    said = {name: getattr(record, name) for name in (*_PLACE, *STATED[type(record)])}
    known = rows.filter(**said, cancelled_at=None).order_by("pk").first()
    if known is not None:
        raise AlreadyRecordedError(known)
