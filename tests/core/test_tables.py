"""Test that rows drawn at once are those that the package of tables would draw cell by cell."""

import datetime as dt

import django_tables2 as tables
import pytest
from django.template import Context, Template
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from accounts.enums import Role
from core.tables import TemplateColumn
from incidents.enums import Family, PlaceKind
from incidents.models import FactType, Incident
from sites.models import Residence
from tests import factories as f

# As the template of the package's own kind reads, with the attributes of ours.
CELL_BY_CELL = """{% load django_tables2 %}{% for row in table.paginated_rows %}<tr {{ row.attrs.as_html }}>\
{% for column, cell in row.items %}<td {{ column.attrs.td.as_html }} data-label="{{ column.header }}" \
data-column="{{ column.name }}"{% if cell == "–" or not cell|wordcount %} data-none{% endif %}>{{ cell }}</td>\
{% endfor %}</tr>\n{% endfor %}"""


class Columns(tables.Table):
    """A table with a column of each kind."""

    chosen = TemplateColumn(
        template_code="<i>{{ record.pk }}</i> {{ value }} {{ said }} {{ row_counter }}", verbose_name=""
    )
    fact_type = tables.Column(linkify=lambda record: f"/faits/?a={record.pk}&b=<")
    place_kind = tables.Column(verbose_name=gettext_lazy("Lieu précis"))
    family = tables.Column(accessor="fact_type__family", attrs={"td": {"class": "b a", "data-n": "1"}})
    residence = tables.Column(
        attrs={"cell": {"class": lambda record: "loin" if record.residence.pk else "là"}}
    )
    dwellings = tables.Column(
        accessor="residence__dwellings", attrs={"td": {"title": lambda value: f"« {value} »"}}
    )
    address = tables.Column(accessor="address__label")
    day = tables.Column(order_by="day")
    nothing = tables.Column(empty_values=(), default=gettext_lazy("aucun"))
    absent = tables.Column(accessor="nowhere__at_all")
    blank = tables.Column(empty_values=())
    complaint_filed = tables.Column()

    class Meta:
        model = Incident
        fields = ()
        default = "–"
        row_attrs = {"data-day": lambda record: record.day.isoformat()}

    def render_nothing(self, value, record, bound_row):
        return mark_safe(f"<b>{value} {record.pk} {bound_row.row_counter}</b>")

    def render_blank(self):
        return " \n"


def _facts():
    kind = FactType(pk=1, label_fr="<Bruit>", label_en="Noise", family=Family.values[0])
    for n, dwellings in ((1, 1234), (2, None), (3, 0)):
        residence = Residence(pk=n - 1, name=f"« {n} » & Cie", dwellings=dwellings)
        yield Incident(
            pk=1000 * n,
            fact_type=kind,
            residence=residence,
            day=dt.date(2026, 1, n),
            place_kind=("", PlaceKind.LOBBY, None)[n - 1],
        )


@pytest.mark.parametrize("name", ["tri", ""])
def test_rows_are_drawn_as_the_package_draws_them(name):
    table = Columns(list(_facts()), **({"order_by": "-day"} if name else {}))
    table.context = Context({"said": "<page>"})
    at_once = Template("{% load rows %}{% rows table %}").render(Context({"table": table}))
    table = Columns(list(_facts()), **({"order_by": "-day"} if name else {}))
    table.context = Context({"said": "<page>"})
    assert at_once == Template(CELL_BY_CELL).render(Context({"table": table}))
    assert at_once.count("<tr ") == 3
    assert "&lt;page&gt;" in at_once
    assert ">Hall</td>" in at_once


def test_the_navigation_is_worked_out_no_more_often_for_more_rows(world, sign_in, seeding, monkeypatch):
    from portal import navigation

    worked_out, client = [], sign_in(world.people[Role.LEAD])
    here = navigation._here
    monkeypatch.setattr(navigation, "_here", lambda *given: worked_out.append(1) or here(*given))

    def times():
        worked_out.clear()
        assert client.get("/faits/").status_code == 200
        return len(worked_out)

    few = times()
    for _fact in range(12):
        f.IncidentFactory(address=world.a.address, code="NOISE")
    assert times() == few > 0
