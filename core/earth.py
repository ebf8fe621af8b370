"""Measure on the earth taken as a sphere: the one place that says how many metres a degree has.

The radius is the mean radius R₁ of the ellipsoid of the Geodetic Reference System 1980, as the International
Union of Geodesy and Geophysics defines it: (2a + b) / 3 = 6,371,008.7714 m (H. Moritz, "Geodetic Reference
System 1980", Journal of Geodesy 74, 2000). Over a sphere of that radius a distance in mainland France is true
to 0.3 %: what is compared here, 50 m between a report and an address or 2 km around a phone, asks for no more.

PostgreSQL's ``earthdistance`` has a radius of its own, 6,378,168 m: a distance computed by it is 0.11 %
longer than one computed here. What narrows a search in degrees before ``earthdistance`` measures it takes
these metres: its degrees are then the wider ones, and nothing that is near enough falls outside.
"""

import math

RADIUS_M = 6_371_008.8
METRES_OF_A_DEGREE = math.pi * RADIUS_M / 180
# Near the poles a degree of longitude vanishes, and what is divided by it must not.
_NARROWEST = 0.01

Point = tuple[float, float]


def narrowing(latitude: float) -> float:
    """Return how much shorter a degree of longitude is at ``latitude``, in degrees, than one of latitude.

    >>> round(narrowing(0), 3), round(narrowing(60), 3), narrowing(90)
    (1.0, 0.5, 0.01)
    """
    return max(math.cos(math.radians(latitude)), _NARROWEST)


def metres_of_longitude(latitude: float) -> float:
    """Return the metres of a degree of longitude at ``latitude``, in degrees.

    >>> round(METRES_OF_A_DEGREE), round(metres_of_longitude(48.85))
    (111195, 73170)
    """
    return METRES_OF_A_DEGREE * narrowing(latitude)


def distance(a: Point, b: Point) -> float:
    """Return the metres between two points, each a longitude and a latitude in degrees, along a great circle.

    >>> round(distance((2.3522, 48.8566), (4.8357, 45.7640)))  # Paris to Lyon
    391499
    >>> distance((2.35, 48.85), (2.35, 48.85))
    0.0
    """
    (lon_a, lat_a), (lon_b, lat_b) = ((math.radians(x), math.radians(y)) for x, y in (a, b))
    half = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    )
    return 2 * RADIUS_M * math.asin(math.sqrt(half))
