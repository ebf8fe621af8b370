"""Store sessions."""

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.utils.crypto import salted_hmac

from accounts import perimeter


class Session(AbstractBaseSession):
    """A session of a person or of a browser; ``session_key`` is the SHA-256 of the key that the cookie holds.

    Attributes:
        user: who is logged in, for the page that lists one's own sessions.
        device: the browser and the system, in words.
        started_at: the moment of the login.
        seen_at: when it was last saved: at most a minute before the last request.
    """

    session_key = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    device = models.CharField(max_length=60, blank=True)
    started_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    perimeter = perimeter.SESSION

    class Meta(AbstractBaseSession.Meta):
        abstract = False

    @property
    def handle(self) -> str:
        """The name by which a page ends the session; neither its key nor the digest of it."""
        return salted_hmac("accounts.sessions", self.session_key, algorithm="sha256").hexdigest()[:32]
