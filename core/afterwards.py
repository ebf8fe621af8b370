"""Make an answer once the request's transaction has ended: for what waits on another server."""

from collections.abc import Callable

from django.http import HttpResponse


class Afterwards(HttpResponse):
    """A response that a view returns in place of an answer that takes long to make and needs no row.

    :class:`accounts.middleware.ScopeMiddleware` makes the answer when the transaction has ended, so that no
    connection stays in a transaction while another server is waited for.
    """

    def __init__(self, make: Callable[[], HttpResponse]) -> None:
        super().__init__()
        self._make = make

    def made(self) -> HttpResponse:
        """Make the answer, and give it the headers and cookies that the middleware set on this response."""
        answer = self._make()
        for name, value in self.headers.items():
            answer.headers.setdefault(name, value)
        answer.cookies.update(self.cookies)
        return answer
