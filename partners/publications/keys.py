"""Compute the key that identifies a site in all publications to a circle, even if it is renamed."""

import hashlib
import uuid


def site_key(circle_id: int, opaque_id: uuid.UUID) -> uuid.UUID:
    """Return the key of a residence in the publications to a circle.

    It is half the SHA-256 of the residence's random identifier, which never leaves its landlord's
    perimeter, and of the circle's id. It is the same in every publication to the circle, discloses
    nothing of the residence, and differs between circles, so that two circles cannot match their
    publications.

    >>> residence = uuid.UUID("00000000-0000-4000-8000-000000000001")
    >>> site_key(1, residence) == site_key(1, residence), site_key(1, residence) == site_key(2, residence)
    (True, False)
    """
    digest = hashlib.sha256(opaque_id.bytes + circle_id.to_bytes(8, "big")).digest()
    return uuid.UUID(bytes=digest[:16])
