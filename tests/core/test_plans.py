"""Work over many rows is planned as joins of sets, whatever the statistics say of the tables."""

import re

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.scope import system_scope
from classification.engine import services as engine
from core.plans import joining_sets
from sites.enums import ImportKind
from sites.models import Residence
from tests import factories as f
from tests.imports import csv_file, import_as_operator, plant_communes
from tests.undoing import undo_as_operator

pytestmark = pytest.mark.django_db


def nested_loops() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW enable_nestloop")
        return cursor.fetchone()[0]


class Watch:
    """A wrapper of statements that notes whether nested loops are allowed when one of a kind is executed."""

    def __init__(self, *words: str) -> None:
        self.words, self.seen, self._looking = words, set(), False

    def __call__(self, execute, sql, params, many, context):
        if not self._looking and any(word in str(sql) for word in self.words):
            self._looking = True
            self.seen.add(nested_loops())
            self._looking = False
        return execute(sql, params, many, context)


class Plans:
    """A wrapper of statements that keeps the plans of those that hold a list."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, execute, sql, params, many, context):
        if "ANY(" in str(sql) and not many:
            execute(f"EXPLAIN {sql}", params, many, context)
            self.seen.append("\n".join(line for (line,) in context["cursor"].fetchall()))
        return execute(sql, params, many, context)

    @property
    def lists(self) -> list[str]:
        """The type of each list with which ids are compared."""
        return [kind for plan in self.seen for kind in re.findall(r"id = ANY \('\{.*?\}'::(\w+)\[\]", plan)]


def test_joins_are_the_planners_choice_again_after_the_block_and_after_an_error_in_it():
    with joining_sets():
        assert nested_loops() == "off"
    assert nested_loops() == "on"
    with pytest.raises(IntegrityError), transaction.atomic(), joining_sets():
        raise IntegrityError
    assert nested_loops() == "on"


@pytest.mark.parametrize(("most", "allowed"), [(1, {"off"}), (2, {"on"})])
def test_many_residences_are_evaluated_as_sets(monkeypatch, most, allowed):
    monkeypatch.setattr(engine, "MANY", most)
    with system_scope("seeding"):
        residences = [f.AddressFactory().residence.pk for _ in range(2)]
    watch = Watch("classification_sitelevel", "classification_pastlevel")
    with connection.execute_wrapper(watch):
        assert engine.evaluate(residences) == 4
    assert watch.seen == allowed
    assert nested_loops() == "on"


@pytest.mark.parametrize("number", [2, 20])
def test_a_list_of_residences_is_looked_up_by_hash(number):
    """PostgreSQL hashes a list of the type of its column; any other it searches from its start for every row."""
    with system_scope("seeding"):
        residences = [f.AddressFactory().residence.pk for _ in range(number)]
    plans = Plans()
    with connection.execute_wrapper(plans):
        assert engine.evaluate(residences) == 2 * number
    assert len(plans.lists) > 10
    assert set(plans.lists) == {"bigint"}


def test_the_lists_of_an_undoing_are_looked_up_by_hash(db):
    plant_communes()
    result = import_as_operator(
        csv_file(
            "bailleur;référence;adresse;code postal;commune;logements",
            "Bailleur A;R1;1 rue X;75012;Paris;3",
            "Bailleur A;R1;3 rue X;75012;Paris;4",
        ),
        "generic",
    )
    plans = Plans()
    with connection.execute_wrapper(plans):
        undo_as_operator(result.run)
    assert plans.lists
    assert set(plans.lists) == {"bigint"}


def test_every_residence_is_evaluated_as_a_set(db):
    with system_scope("seeding"):
        f.AddressFactory()
    watch = Watch("classification_sitelevel", "classification_pastlevel")
    with connection.execute_wrapper(watch):
        engine.evaluate()
    assert watch.seen == {"off"}


def test_the_facts_of_a_file_are_placed_as_a_set(db):
    plant_communes()
    import_as_operator(
        csv_file("bailleur;référence;adresse;code postal;commune", "Bailleur A;R1;1 rue X;75012;Paris"),
        "generic",
    )
    watch = Watch("UPDATE import_staging")
    with connection.execute_wrapper(watch):
        import_as_operator(
            csv_file("identifiant;nature;jour;référence", "F1;TAGS;2026-01-05;R1"),
            "generic",
            kind=ImportKind.INCIDENTS,
        )
    assert watch.seen == {"off"}
    with system_scope("seeding"):
        assert Residence.objects.get().incidents.count() == 1
