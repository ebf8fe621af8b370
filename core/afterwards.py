"""Answer once the request's transaction has ended: for what waits on another server."""

from collections.abc import Callable

from django.http import HttpResponse


class Afterwards(HttpResponse):
    """Stands in a view for an answer that takes long to make, and needs no row to do it.

    :class:`accounts.middleware.ScopeMiddleware` has it made when the transaction has ended, so that no
    connection stays in one while somebody else is waited for.
    """

    def __init__(self, make: Callable[[], HttpResponse]) -> None:
        super().__init__()
        self._make = make

    def made(self) -> HttpResponse:
        """Return the answer, with the headers and cookies set on the way out."""
        answer = self._make()
        for name, value in self.headers.items():
            answer.headers.setdefault(name, value)
        answer.cookies.update(self.cookies)
        return answer
