"""Every list stands in French order: É with E, Œ with OE, whatever the server's own collation."""

import re
from importlib import import_module

import django_tables2 as tables
import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import connection, models
from django.db.models.expressions import OrderBy
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.models import Organisation
from accounts.scope import system_scope
from config.database import ROOT
from core.order import in_french
from sites.models import Residence
from tests import factories as f

APPS = ("accounts", "sites", "incidents", "classification", "partners")
# Codes, references and addresses of mail: nobody looks them up in a dictionary's order.
CODES = {"code", "reference", "email", "filename", "task", "id"}
NAMES = ["Éden", "Zénith", "Œillets", "Odéon", "Ormes", "écluse", "Église", "Edison", "Ça ira", "Cormier"]
SORTED = ["Ça ira", "Cormier", "écluse", "Éden", "Edison", "Église", "Odéon", "Œillets", "Ormes", "Zénith"]
ODD = [
    *NAMES,
    "L’Orée",
    "L'Oree",
    "L Orée",
    "Saint-Éloi",
    "Saint Eloi",
    "",
    "10 rue A",
    "3 rue Â",
    "ÆTHER",
    "œuf",
    "ÿ",
]


def text_at(model, path):
    """Return whether ``path`` ends at a text that people wrote, and is sorted by its bytes."""
    *relations, last = path.lstrip("-").split("__")
    try:
        for name in relations:
            if (model := model._meta.get_field(name).related_model) is None:
                return False
        field = model._meta.get_field(last)
    except FieldDoesNotExist:
        return False
    return isinstance(field, models.CharField | models.TextField) and not field.choices and last not in CODES


def all_tables():
    for app in APPS:
        for file in (ROOT / app).rglob("tables.py"):
            import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))
    waiting = [tables.Table]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if kind.__module__.split(".")[0] in APPS and getattr(kind._meta, "model", None):
                yield kind


def test_every_column_of_every_table_sorts_its_words_in_french_order():
    wrong, seen = [], 0
    for kind in all_tables():
        for name, column in kind.base_columns.items():
            if column.orderable is False:
                continue
            for path in column.order_by or (column.accessor or name,):
                seen += 1
                if text_at(kind._meta.model, str(path).replace(".", "__")):
                    wrong.append(f"{kind.__name__}.{name}: {path}")
    assert wrong == []
    assert seen > 40


def test_every_model_is_ordered_by_its_name_in_french_order():
    orders = [
        (model, path)
        for app in APPS
        for model in apps.get_app_config(app).get_models()
        for path in model._meta.ordering
        if not isinstance(path, OrderBy)
    ]
    assert [f"{model.__name__}: {path}" for model, path in orders if text_at(model, path)] == []
    assert ("name__french" in dict(orders).values()) or any(path == "name__french" for _m, path in orders)


def test_no_query_is_ordered_by_the_bytes_of_a_name():
    plain = re.compile(r'order_by\([^()]*"-?(?:\w+__)?(?:name|label|full_name|label_fr|commune|landlord)"')
    found = [
        f"{file.relative_to(ROOT)}: {match[0]}"
        for app in (*APPS, "portal", "core")
        for file in (ROOT / app).rglob("*.py")
        if "migrations" not in file.parts
        for match in plain.finditer(file.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.django_db
def test_the_database_and_python_agree_on_the_order():
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT name FROM UNNEST(%s::text[]) WITH ORDINALITY AS t (name, n) ORDER BY UPPER(UNACCENT(name)) COLLATE "C", n',
            [ODD],
        )
        assert [name for (name,) in cursor.fetchall()] == sorted(ODD, key=in_french)
    assert sorted(NAMES, key=in_french) == SORTED


def places_of(page, names=NAMES):
    """Return the names in the order in which the page first says them."""
    text = strip_tags(page.content.decode())
    return sorted((name for name in names if name in text), key=text.index)


def test_lists_and_choices_show_names_in_french_order(world, sign_in):
    with system_scope("seeding"):
        commune = f.CommuneFactory(name="Essai")
        world.a.territory.communes.add(commune)
        for name in NAMES:
            f.ResidenceFactory(landlord=world.a.landlord, commune=commune, name=name)
            f.OrganisationFactory(name=f"Office {name}")
            f.CommuneFactory(name=f"Commune {name}")
        from classification.engine.services import evaluate

        evaluate()
    lead, admin = sign_in(world.a.lead), sign_in(world.admin)
    assert places_of(lead.get(reverse("classification:residences"), {"tri": "residence"})) == SORTED
    backwards = lead.get(reverse("classification:residences"), {"tri": "-residence"})
    assert places_of(backwards) == SORTED[::-1]
    organisations = admin.get(reverse("accounts:organisations"), {"lignes": "100"})
    offices = [f"Office {name}" for name in NAMES]
    assert places_of(organisations, offices) == [f"Office {name}" for name in SORTED]
    with system_scope("seeding"):
        assert list(Residence.objects.filter(name__in=NAMES).values_list("name", flat=True)) == SORTED
        mine = Organisation.objects.filter(name__startswith="Office")
        assert [row.name.removeprefix("Office ") for row in mine] == SORTED
