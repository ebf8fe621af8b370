"""Declare who sees the places and what happens there, and tell which rows a person may write, as a column."""

from django.db import connection
from django.db.models import BooleanField, F, Func, Q

from accounts.enums import Role
from accounts.perimeter import administers, leads
from accounts.scope import Scope
from core.perimeter import (
    AMONG,
    Command,
    Perimeter,
    Policy,
    Predicate,
    add_policies,
    among,
    holds,
    somebody,
    system,
    visible,
    where,
)

_OWN, _ASSIGNED = "palier.landlords", "palier.residences"


class _Among(Func):
    """The condition that the column is one of the ids a scope setting holds."""

    template = AMONG % {"column": "%(expressions)s", "setting": "%(setting)s"}
    output_field = BooleanField()


def is_own(landlord: str = "landlord_id", residence: str = "residence_id") -> Q:
    """Return the condition under which the write policies let the acting person change a row.

    A coordinator sees rows of landlords that are not theirs. The policies in sites/policies say
    which rows exist for them, this condition which of these show more than structured facts.

    Args:
        landlord: path of the column that holds the landlord's id.
        residence: path of the column that holds the residence's id.
    """
    return is_of_own_landlord(landlord) | is_assigned(residence)


def is_of_own_landlord(landlord: str = "landlord_id") -> Q:
    """Return the half of :func:`is_own` about whole landlords, which an index answers on its own."""
    return Q(_Among(F(landlord), setting=_OWN))


def is_assigned(residence: str = "residence_id") -> Q:
    """Return the half of :func:`is_own` about assigned residences, which an index answers on its own."""
    return Q(_Among(F(residence), setting=_ASSIGNED))


def sees_assigned_alone(scope: Scope) -> bool:
    """Say whether a person sees only residences assigned to them: :func:`is_assigned` then excludes nothing.

    Repeating that condition beside the policies lets an index find the few rows, rather than the policy
    filter them out of all.
    """
    if {role for role, held in scope.roles.items() if held} != {Role.AGENT}:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT palier_ids('palier.landlords') = '{}'")
        return bool(cursor.fetchone()[0])


def is_led(landlord: str = "landlord_id") -> Q:
    """Return the condition that the acting person leads the row's landlord, and so may write its places."""
    return Q(_Among(F(landlord), setting="palier.lead_of"))


def is_coordinated(territory: str = "territory_id") -> Q:
    """Return the condition that the acting person coordinates the row's territory."""
    return Q(_Among(F(territory), setting="palier.territories"))


def is_of_territory(territory: str = "territory_id") -> Q:
    """Return the condition that the acting person coordinates the row's territory, or leads a landlord that shares with it."""
    return is_coordinated(territory) | Q(_Among(F(territory), setting="palier.landlord_territories"))


def own(landlord: str = "landlord_id", residence: str = "residence_id") -> Predicate:
    """Return the condition of :func:`is_own` as a predicate of policies."""
    return among(landlord, _OWN, f"they have the whole of `{landlord}`") | among(
        residence, _ASSIGNED, f"`{residence}` is assigned to them"
    )


def seen(residence: str = "residence_id") -> Predicate:
    """Return the condition that the row is the acting person's own, or shared with a territory they coordinate."""
    return own(residence=residence) | shared()


def shared() -> Predicate:
    """Return the condition that an agreement in force opens the commune of the landlord to a territory of the person's."""
    return where(
        "(landlord_id, commune_id) IN (SELECT s.landlord_id, s.commune_id FROM palier_shared() s)",
        "they coordinate a territory that holds `commune_id`, and a live agreement of `landlord_id` names that commune and "
        "the council of the territory",
    )


def in_force() -> Q:
    """Return the condition that an agreement is one under which something is shared today."""
    return Q(_InForce(F("pk")))


def is_shared_with(territory_id: int) -> Q:
    """Return the condition that an agreement with a territory opens a residence to its coordinator.

    The policies open what is shared with any territory of a coordinator; figures of one territory need this too.
    """
    return Q(_SharedWith(F("landlord_id"), F("commune_id"), territory=int(territory_id)))


class _InForce(Func):
    """The condition that the column is the id of an agreement in force."""

    template = "%(expressions)s IN (SELECT f.agreement_id FROM palier_agreements_in_force() f)"
    output_field = BooleanField()


class _SharedWith(Func):
    """The condition that a landlord and a commune are shared with one territory."""

    template = (
        "(%(expressions)s) IN (SELECT s.landlord_id, s.commune_id FROM palier_sharing() s"
        " WHERE s.territory_id = %(territory)s)"
    )
    output_field = BooleanField()


def coordinates(territory: str = "territory_id") -> Predicate:
    """Return the condition that the acting person coordinates the row's territory."""
    return among(territory, "palier.territories", f"they coordinate `{territory}`")


PRIORITY_NEIGHBOURHOOD = Perimeter(
    "neighbourhood",
    select=somebody() | system("stock_import", "seeding"),
    write=system("stock_import", "seeding"),
)

COMMUNE_OUTLINE = Perimeter(
    "outline",
    select=somebody() | system("stock_import", "seeding"),
    write=system("stock_import", "seeding"),
)

# The official geographic code, and which communes make a territory, are public; no commune is ever deleted.
_PUBLIC = where("true", "always")
_LOADED = system("stock_import", "seeding")


def _public(table: str, name: str, writes: dict[Command, Predicate]) -> None:
    policies = (Policy(f"{name}_{verb.lower()}", verb, may) for verb, may in writes.items())
    add_policies(table, Policy(f"{name}_select", "SELECT", _PUBLIC), *policies)


_public("sites_commune", "commune", {"INSERT": _LOADED, "UPDATE": _LOADED})
_public(
    "sites_intercommunality", "intercommunality", {"INSERT": _LOADED, "UPDATE": _LOADED, "DELETE": _LOADED}
)
_public(
    "sites_intercommunality_communes", "intercommunality_communes", {"INSERT": _LOADED, "DELETE": _LOADED}
)
_DRAWN = administers() | system("seeding")
_public("sites_territory_communes", "territory_communes", {"INSERT": _DRAWN, "DELETE": _DRAWN})

TERRITORY = Perimeter(
    "territory",
    select=among("organisation_id", "palier.coordinator_of", "they are a coordinator of `organisation_id`")
    | holds("palier.lead_of", "they lead a landlord")
    | among("id", "palier.circle_territories", "they are a member of a circle there")
    | administers()
    | system("evaluation", "seeding"),
    write=administers() | system("seeding"),
)

AGREEMENT_TERMS = Perimeter(
    "terms",
    select=leads("landlord_id") | coordinates() | administers() | system("seeding"),
    insert=leads("landlord_id") | system("seeding"),
    delete=system("seeding"),
)

SHARING_AGREEMENT = Perimeter(
    "agreement",
    select=leads("landlord_id") | coordinates() | administers() | system("seeding"),
    write=leads("landlord_id") | administers() | system("seeding"),
)

# Who animates a territory is public, as the territory is; leads are told who did when they signed.
add_policies(
    "accounts_organisation",
    Policy(
        "organisation_of_council",
        "SELECT",
        holds("palier.lead_of", "they lead a landlord")
        & where(
            "(id IN (SELECT t.organisation_id FROM sites_territory t)"
            " OR id IN (SELECT s.organisation_id FROM sites_agreementterms s))",
            "it animates a territory, or did when an agreement was signed that they see",
        ),
    ),
)

RESIDENCE = Perimeter(
    "residence",
    select=seen(residence="id") | system("evaluation", "stock_import", "incident_import", "seeding"),
    write=leads("landlord_id") | system("stock_import", "seeding"),
    # The residences foreseen for an agent are assigned once the agent has accepted.
    also=(Policy("residence_select_proposals", "SELECT", system("proposals")),),
)

RESIDENCE_ALIAS = Perimeter(
    "alias",
    select=own() | system("stock_import", "incident_import", "seeding"),
    write=leads("landlord_id") | system("stock_import", "seeding"),
)

ADDRESS = Perimeter(
    "address",
    select=seen() | system("evaluation", "stock_import", "incident_import", "seeding"),
    write=leads("landlord_id") | system("stock_import", "seeding"),
)

PLACEMENT = Perimeter("placement", everything=leads("landlord_id") | system("seeding"))

POSITION_CHANGE = Perimeter(
    "positionchange", everything=leads("landlord_id") | system("stock_import", "seeding")
)

PLACE_CHANGE = Perimeter("placechange", everything=leads("landlord_id") | system("seeding"))

# The tables of pghistory with the earlier states of places, which leads alone change.
for _table, _name in (("sites_residence_history", "residence"), ("sites_address_history", "address")):
    add_policies(
        _table,
        Policy(f"{_name}_history_all", "ALL", leads("landlord_id") | system("stock_import", "seeding")),
    )

_ASSIGNABLE = where(
    """EXISTS (
        SELECT 1 FROM accounts_membership m JOIN sites_residence r ON r.landlord_id = m.organisation_id
        WHERE m.id = membership_id AND r.id = residence_id AND m.role = 'agent'
            AND (m.organisation_id = ANY (palier_ids('palier.lead_of')) OR palier_is_system('seeding', 'proposals'))
    )""",
    "`membership_id` is that of an agent of the residence's landlord, and they lead it, or the product acts as “seeding”"
    " or “proposals”",
)

RESIDENCE_ASSIGNMENT = Perimeter(
    "assignment",
    select=visible("membership_id", "m.id", "accounts_membership m", "`membership_id`"),
    insert=_ASSIGNABLE,
    update=_ASSIGNABLE,
    delete=where(
        """membership_id IN (
            SELECT m.id FROM accounts_membership m
            WHERE m.organisation_id = ANY (palier_ids('palier.lead_of')) OR palier_is_system('seeding')
        )""",
        "they lead the organisation of `membership_id`, or the product acts as “seeding”",
    ),
)

IMPORT_RUN = Perimeter(
    "importrun", everything=leads() | system("stock_import", "incident_import", "jobs", "seeding")
)

IMPORT_MAPPING = Perimeter("importmapping", everything=leads() | system("seeding"))

SHARED_MAPPING = Perimeter(
    "sharedmapping",
    select=holds("palier.lead_of", "they lead an organisation") | administers() | system("seeding"),
    insert=leads() | system("seeding"),
    write=leads() | administers() | system("seeding"),
)

IMPORT_FILE = Perimeter("importfile", everything=visible("run_id", "r.id", "sites_importrun r", "`run_id`"))

IMPORT_CHANGE = Perimeter(
    "importchange", everything=visible("run_id", "r.id", "sites_importrun r", "`run_id`")
)
