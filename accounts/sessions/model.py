"""Store sessions."""

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from accounts import perimeter


class Session(AbstractBaseSession):
    """A session of a person or of a browser; ``session_key`` is the SHA-256 of the key that the cookie holds."""

    session_key = models.CharField(max_length=64, primary_key=True)

    perimeter = perimeter.SESSION

    class Meta(AbstractBaseSession.Meta):
        abstract = False
