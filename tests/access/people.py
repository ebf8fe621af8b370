"""Define the people that a row of the access matrix may name beside the roles, and the journals of an action."""

# Logged in, without any role today.
STRANGER = "stranger"
# Not logged in.
ANONYMOUS = "anonymous"
# A program of landlord A, with its token.
PROGRAM = "program"


def own(world, who) -> set[int]:
    """The organisations in which somebody acts; a stranger acts in none."""
    return {"agent": {world.a.landlord.pk}, "lead": {world.a.landlord.pk}, "dpo": {world.a.landlord.pk},
        "coordinator": {world.a.town.pk}, "partner": {world.a.police.pk}, "admin": {world.operator.pk},
        STRANGER: set()}[str(who)]  # fmt: skip


def landlord(world, _who) -> set[int]:
    """The landlord whose rows are written."""
    return {world.a.landlord.pk}


def town(world, _who) -> set[int]:
    """The organisation that animates the territory."""
    return {world.a.town.pk}


def town_and_landlord(world, _who) -> set[int]:
    """Both ends of what is shared: what leaves a landlord is in its journal too."""
    return {world.a.town.pk, world.a.landlord.pk}


def person(world, who):
    """The account of somebody of side A."""
    return world.stranger if who == STRANGER else world.people[who]
