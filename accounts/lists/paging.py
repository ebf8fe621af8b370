"""Count the rows of a list up to a bound."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.utils.functional import cached_property


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # Django's takes no argument at run time
    """A paginator that counts no further than people page through: beyond, they filter."""

    counted = 10_000
    # The rows of a table, whose package has no types.
    object_list: Any

    @cached_property
    def count(self) -> int:
        """Return the number of rows, at most one more than is counted."""
        rows: QuerySet[Model] = self.object_list.data.data
        return rows.order_by()[: self.counted + 1].count()

    @property
    def more(self) -> bool:
        """True when there are more rows than were counted."""
        return self.count > self.counted
