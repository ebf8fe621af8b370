"""Let out of the counts of a neighbourhood what tells nothing of fewer than five sites.

A count is told as the multiple of five that it reaches, and only from five on. There is no total, no exact number, and none of
level 1. So what is told of a neighbourhood fits many others: its sites beyond the told ones are four at least, and each of them
may be of any mark. A count under five may therefore be any of 0 to 4, even for somebody who knows how many sites there are, and
adding or subtracting what other publications, filters or files tell leaves that as it is: none of them holds a finer number.
"""

from collections.abc import Mapping

from partners.models import COUNTED, STEP


def told(counts: Mapping[int, int]) -> dict[int, int]:
    """Return how many sites at least are told of each mark of a neighbourhood; marks of which nothing is told are left out.

    Where fewer than four sites would remain beyond the told ones, too little would hide the small counts: the largest is told as
    five fewer.

    Args:
        counts: the number of sites by mark, those of level 1 included.

    >>> told({4: 12, 3: 4, 1: 9})
    {4: 10}
    >>> told({4: 10, 3: 6, 1: 1})
    {4: 5, 3: 5}
    """
    floors = {mark.value: counts.get(mark, 0) // STEP * STEP for mark in COUNTED}
    beyond = sum(counts.values()) - sum(floors.values())
    if beyond < STEP - 1:
        largest = max(floors, key=floors.__getitem__)
        floors[largest] -= STEP
    return {mark: floor for mark, floor in floors.items() if floor > 0}
