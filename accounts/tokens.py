"""API tokens: made once, shown once, kept as a digest."""

import hashlib
import secrets


def new_token() -> str:
    """Return a fresh token, 256 bits from the system's random source."""
    return f"palier_{secrets.token_urlsafe(32)}"


def digest(token: str) -> str:
    """Return what is stored of a token: its SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(token.encode()).hexdigest()
