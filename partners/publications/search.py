"""Find published sites by words of their names and addresses."""

from django.db.models import Func, QuerySet, TextField

from accounts.scope import Scope
from core.words import every_word
from partners.models import Mandate, Publication, PublishedSite


class _Labels(Func):
    """The SQL expression of the labels of a site's frozen addresses, as one text."""

    template = "jsonb_path_query_array(%(expressions)s, '$[*].label')::text"
    output_field = TextField()


def find_published(scope: Scope, words: list[str], limit: int) -> list[PublishedSite]:
    """Return the sites last published to the person's circles whose name, addresses and commune hold every word."""
    found = latest_sites(scope).select_related("publication__circle")
    found = found.alias(labels=_Labels("addresses")).filter(every_word(words, "name", "labels", "commune"))
    return list(
        found.defer("findings", "disruptions", "trend").order_by("name__french", "-publication__as_of", "pk")[
            :limit
        ]
    )


def latest_sites(scope: Scope) -> QuerySet[PublishedSite]:
    """Return the sites of the last publication to each circle the person is a member of."""
    circles = Mandate.objects.live().filter(user_id=scope.person_id).values("circle_id")
    latest = Publication.objects.filter(circle__in=circles, withdrawn_at=None)
    latest = latest.order_by("circle_id", "-as_of")
    return PublishedSite.objects.filter(publication__in=latest.distinct("circle_id").values("pk"))
