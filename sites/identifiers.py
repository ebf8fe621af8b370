"""Read identifiers as files write them: national ones of buildings (RNB) and addresses (BAN), and long ones."""

import hashlib
import re

# Patterns that Python and PostgreSQL read alike.
RNB = r"^[0-9A-Z]{12}$"
BAN = r"^[0-9][0-9AB][0-9]{3}_[0-9A-Za-z]{4,6}_[0-9]{5}(_[0-9a-z]{1,12}){0,2}$"


def rnb_id(text: str) -> str:
    """Return the identifier of a building without dashes and spaces; empty for what is none."""
    bare = re.sub(r"[\s-]", "", text).upper()
    return bare if re.fullmatch(RNB, bare) else ""


def ban_key(text: str) -> str:
    """Return the key of an address (``cle_interop``) as the national base writes it; empty for what is none."""
    bare = text.strip().lower().replace("-", "_")
    code, _, rest = bare.partition("_")
    bare = f"{code.upper()}_{rest}"
    return bare if re.fullmatch(BAN, bare) else ""


def bounded(text: str, length: int, digits: int = 8) -> str:
    """Return an identifier as it is stored: one that is too long is its beginning and a digest of the whole.

    Args:
        text: what the file writes.
        length: the most characters that are stored.
        digits: the number of hexadecimal digits of the digest; more are needed where many share their beginning.
    """
    if len(text) <= length:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:digits]
    return f"{text[: length - digits - 1]}-{digest}"
