"""Declare on each model who reads and writes its rows, and generate its policies.

A model names its perimeter in ``perimeter``, built of predicates that are each written once. ``manage.py
policies`` prints the SQL generated from it, for the file that a migration freezes, and ``docs/policies.md``
says it in words. The tests create the policies again from the declarations, and compare them with those of
the migrated database.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Literal

from django.apps import apps

Command = Literal["SELECT", "INSERT", "UPDATE", "DELETE", "ALL"]

# An id is among those of a setting of the scope; the sub-select is evaluated once per statement, not per row.
AMONG = "%(column)s = ANY ((SELECT palier_ids('%(setting)s'))::bigint[])"


@dataclass(frozen=True, slots=True)
class Predicate:
    """A condition on a row and on who acts; ``|`` and ``&`` join two, in the order of the SQL.

    Attributes:
        sql: the condition.
        says: the condition in words, to follow "if"; "they" are the acting person.
        joint: the operator that joins its terms, empty for a single condition.
        ways: the words of each term, where one of them is enough.
    """

    sql: str
    says: str
    joint: Literal["", "OR", "AND"] = ""
    ways: tuple[str, ...] = ()

    def __or__(self, other: "Predicate") -> "Predicate":
        """Return the condition that at least one of both holds."""
        return _joined(self, other, "OR")

    def __and__(self, other: "Predicate") -> "Predicate":
        """Return the condition that both hold."""
        return _joined(self, other, "AND")

    def term(self, joint: str) -> tuple[str, str]:
        """Return the SQL and the words as a term of an expression joined by ``joint``, in brackets if need be."""
        if self.joint in {"", joint}:
            return self.sql, self.says
        return f"({self.sql})", f"({self.says})"


def _joined(left: Predicate, right: Predicate, joint: Literal["OR", "AND"]) -> Predicate:
    (sql, says), (more_sql, more_says) = left.term(joint), right.term(joint)
    ways = (*(left.ways or (left.says,)), *(right.ways or (right.says,))) if joint == "OR" else ()
    return Predicate(f"{sql} {joint} {more_sql}", f"{says} {joint.lower()} {more_says}", joint, ways)


def among(column: str, setting: str, says: str) -> Predicate:
    """Return the condition that ``column`` is one of the ids of ``setting``."""
    return Predicate(AMONG % {"column": column, "setting": setting}, says)


def holds(setting: str, says: str) -> Predicate:
    """Return the condition that ``setting`` holds at least one id."""
    return Predicate(f"(SELECT palier_ids('{setting}')) <> '{{}}'", says)


def system(*names: str) -> Predicate:
    """Return the condition that the transaction runs in one of the system scopes ``names``."""
    quoted = ", ".join(f"'{name}'" for name in names)
    said = ", ".join(f"“{name}”" for name in names)
    return Predicate(f"(SELECT palier_is_system({quoted}))", f"the product acts as {said}")


def person(column: str) -> Predicate:
    """Return the condition that ``column`` is the acting person."""
    return Predicate(f"{column} = (SELECT palier_user())", f"`{column}` is the person")


def somebody() -> Predicate:
    """Return the condition that a person acts, whichever."""
    return Predicate("(SELECT palier_user()) IS NOT NULL", "a person acts")


def where(sql: str, says: str) -> Predicate:
    """Return a condition in SQL that only one table needs."""
    return Predicate(sql, says)


def within(column: str, select: str, source: str, condition: Predicate) -> Predicate:
    """Return the condition that ``column`` is ``select`` of a visible row of ``source`` that meets ``condition``."""
    query = f"SELECT {select} FROM {source} WHERE {condition.sql}"
    return Predicate(
        f"{column} IN ({query})",
        f"`{column}` is `{select}` of a row of `{source}` such that {condition.says}",
    )


def visible(column: str, select: str, source: str, what: str) -> Predicate:
    """Return the condition that ``column`` is ``select`` of a row of ``source`` that the acting person sees."""
    return Predicate(f"{column} IN (SELECT {select} FROM {source})", f"they see {what}")


@dataclass(frozen=True, slots=True)
class Policy:
    """A permissive policy: rows that ``condition`` admits are open to ``command``, for ``role`` alone if it names one."""

    name: str
    command: Command
    condition: Predicate
    role: str = "PUBLIC"

    def sql(self, table: str) -> str:
        """Return the statements that create the policy of ``table``, replacing a former one."""
        clause = "WITH CHECK" if self.command == "INSERT" else "USING"
        return (
            f"DROP POLICY IF EXISTS {self.name} ON {table};\n"
            f"CREATE POLICY {self.name} ON {table} FOR {self.command}{self._bound} {clause} (\n"
            f"    {self.condition.sql}\n);\n"
        )

    @property
    def _bound(self) -> str:
        return "" if self.role == "PUBLIC" else f" TO {self.role}"


@dataclass(frozen=True)
class Perimeter:
    """The declaration of who may read and write the rows of a table; whatever it leaves out is refused.

    Attributes:
        name: the prefix of the policies' names.
        select: who may read.
        write: who may insert, update and delete; ``insert``, ``update`` and ``delete`` replace it where they differ.
        everything: who may do all of these, as one policy.
        also: further policies, which open more rows.
    """

    name: str
    select: Predicate | None = None
    write: Predicate | None = None
    insert: Predicate | None = None
    update: Predicate | None = None
    delete: Predicate | None = None
    everything: Predicate | None = None
    also: tuple[Policy, ...] = field(default=())

    def policies(self) -> Iterator[Policy]:
        """Yield the policies that the declaration generates."""
        said: Mapping[Command, Predicate | None] = {
            "SELECT": self.select,
            "INSERT": self.insert or self.write,
            "UPDATE": self.update or self.write,
            "DELETE": self.delete or self.write,
            "ALL": self.everything,
        }
        for command, condition in said.items():
            if condition is not None:
                yield Policy(f"{self.name}_{command.lower()}", command, condition)
        yield from self.also


_added: dict[str, tuple[Policy, ...]] = {}


def add_policies(table: str, *policies: Policy) -> None:
    """Add policies to a table of an app below, or of a model that another package defines."""
    _added[table] = (*_added.get(table, ()), *policies)


def declared() -> dict[str, list[Policy]]:
    """Return the policies of every table that has some, by the table's name."""
    found: dict[str, list[Policy]] = {}
    for model in apps.get_models(include_auto_created=True):
        perimeter = getattr(model, "perimeter", None)
        if isinstance(perimeter, Perimeter) and not model._meta.proxy:
            found[model._meta.db_table] = list(perimeter.policies())
    for table, policies in _added.items():
        found.setdefault(table, []).extend(policies)
    return dict(sorted(found.items()))


def policies_sql(table: str) -> str:
    """Return the statements that enable row-level security on ``table`` and create its policies again."""
    closing = "".join(f"ALTER TABLE {table} {verb} ROW LEVEL SECURITY;\n" for verb in ("ENABLE", "FORCE"))
    return closing + "".join(policy.sql(table) for policy in declared()[table])


def page() -> str:
    """Return the Markdown page that says who may do what with the rows of each table."""
    lines = [_HEAD]
    for table, policies in declared().items():
        lines.append(f"\n## {table}\n")
        said: dict[Predicate, list[str]] = {}
        for policy in policies:
            said.setdefault(policy.condition, []).append(_DOES[policy.command])
        lines += chain.from_iterable(_rule(verbs, condition) for condition, verbs in said.items())
    return "\n".join(lines) + "\n"


def _rule(verbs: list[str], condition: Predicate) -> list[str]:
    what = f"- **{', '.join(verbs)}** if"
    if condition.joint != "OR":
        return [f"{what} {condition.says}"]
    return [what, *(f"  - {way}" for way in condition.ways)]


_DOES = {
    "SELECT": "read", "INSERT": "insert", "UPDATE": "update", "DELETE": "delete", "ALL": "read and write",
}  # fmt: skip
_HEAD = """# Who may do what with the rows of each table

Written by `manage.py policies --page` from the declarations on the models; a test compares these with the
database and with this page. A row is open to a verb if one of its lines holds; "they" are the person who
acts, or the program of an organisation, which stands for its lead. Where no scope is set nobody acts, and
no row is open."""
