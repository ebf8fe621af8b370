"""The key under which a circle knows a site again, whatever it is called by then."""

import hashlib
import uuid


def site_key(circle_id: int, opaque_id: uuid.UUID) -> uuid.UUID:
    """Return the key of a residence in what a circle is given.

    It is half a SHA-256 of the residence's random identifier, which never leaves its landlord's
    perimeter, and of the circle's number: the same in every publication to the circle, telling
    nothing of the residence, and another in every other circle, so that two of them cannot lay
    what they were given side by side.

    >>> residence = uuid.UUID("00000000-0000-4000-8000-000000000001")
    >>> site_key(1, residence) == site_key(1, residence), site_key(1, residence) == site_key(2, residence)
    (True, False)
    """
    digest = hashlib.sha256(opaque_id.bytes + circle_id.to_bytes(8, "big")).digest()
    return uuid.UUID(bytes=digest[:16])
