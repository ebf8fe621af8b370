"""Filter the facts that wait for a place."""

import django_filters as filters

from incidents.models import UnplacedFact
from sites.enums import ImportKind
from sites.imports.filters import ByImportFilter


class UnplacedFilter(filters.FilterSet):
    """A filter of the facts to place by the import that brought them."""

    import_run = ByImportFilter(ImportKind.INCIDENTS)

    class Meta:
        model = UnplacedFact
        fields = ()
