"""How the rows of a list are counted."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.utils.functional import cached_property


class BoundedPaginator(Paginator):  # type: ignore[type-arg]  # Django's takes no argument at run time
    """Counts the rows of a table no further than people page: beyond, one filters."""

    counted = 10_000
    # The rows of a table, from a package without types.
    object_list: Any

    @cached_property
    def count(self) -> int:
        """Number of rows, at most one more than is counted."""
        rows: QuerySet[Model] = self.object_list.data.data
        return rows.order_by()[: self.counted + 1].count()

    @property
    def more(self) -> bool:
        """True when there are more rows than were counted."""
        return self.count > self.counted
