"""Let out of the counts of an area what tells nothing of fewer than five, to whoever knows the numbers of one landlord too.

A plenary session is public: its readers include every landlord, who subtracts its own numbers. So what is told of a count is the
multiple of five that it reaches *without the landlord that contributes most to it*: whoever subtracts their own is left with five or
more. Each number stands alone; what is told of a commune is the sum of what is told of its parts, and holds nothing more. Who the
landlords are and how many homes and sites each has in an area is public, and alone decides which areas are told.
"""

from collections.abc import Mapping, Sequence

from partners.models import COUNTED, STEP

# The rules of Insee for tables about enterprises: three at least, none with more than 85 % of the whole.
LANDLORDS = 3
LARGEST_PERCENT = 85


def is_shared_out(homes: Sequence[int]) -> bool:
    """Say whether an area is told of: three landlords at least have homes in it, and none more than 85 % of them.

    Args:
        homes: the homes of each landlord in the area.

    >>> is_shared_out([80, 15, 5]), is_shared_out([90, 5, 5]), is_shared_out([50, 50])
    (True, False, False)
    """
    having = [number for number in homes if number]
    return len(having) >= LANDLORDS and 100 * max(having) <= LARGEST_PERCENT * sum(having)


def reached(numbers: Sequence[int]) -> int:
    """Return the multiple of five that the numbers of landlords reach together without the largest of them.

    >>> reached([20, 7, 4]), reached([30, 4]), reached([])
    (10, 0, 0)
    """
    return (sum(numbers) - max(numbers, default=0)) // STEP * STEP


def facts_told(by_landlord: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """Return what is told of each family of facts of an area; families of which nothing is told are left out.

    Args:
        by_landlord: the days with a fact by family, for each landlord of the area.
    """
    families = sorted({family for counts in by_landlord for family in counts})
    told = {family: reached([counts.get(family, 0) for counts in by_landlord]) for family in families}
    return {family: number for family, number in told.items() if number}


def sites_told(by_landlord: Sequence[Mapping[int, int]]) -> dict[int, int]:
    """Return what is told of each mark of the sites of an area; marks of which nothing is told are left out.

    How many sites each landlord has is public. A told number may need twice as many sites: where a landlord with none of them
    reads it, one other reaches it without another, who has as many at least. Beyond these, whichever landlord subtracts its own,
    four sites of the others at least must remain, each of which may be of any mark; where they do not, the largest number is
    told as five fewer.

    Args:
        by_landlord: the number of sites by mark, those of level 1 included, for each landlord of the area.

    >>> sites_told([{4: 9, 1: 8}, {4: 5, 1: 4}, {4: 2, 1: 6}]), sites_told([{4: 9, 1: 8}, {4: 5, 1: 4}, {4: 2, 1: 1}])
    ({4: 5}, {})
    """
    told = {mark.value: reached([counts.get(mark, 0) for counts in by_landlord]) for mark in COUNTED}
    sizes = [sum(counts.values()) for counts in by_landlord]
    # The fewest sites that remain when a landlord subtracts its own.
    others = sum(sizes) - max(sizes, default=0)
    while any(told.values()) and others - 2 * sum(told.values()) < STEP - 1:
        largest = max(told, key=told.__getitem__)
        told[largest] -= STEP
    return {mark: number for mark, number in told.items() if number}
