"""A day, a moment or a span is read whole, in the order its column shows, as the day at the place; or not at all."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.days import EARLIEST, fault_of
from incidents.imports.days import Moment, instant_of, order_of, read_moment, read_time, tells_hours
from sites.zones import zone_of


def d(day, month=11, year=2026):
    return dt.date(year, month, day)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("18/11/2026 21h30", Moment(d(18), None, dt.time(21, 30))),
        ("18/11/2026 21 h 30", Moment(d(18), None, dt.time(21, 30))),
        ("18/11/2026 à 21 heures 30", Moment(d(18), None, dt.time(21, 30))),
        ("18/11/2026 21:30:15", Moment(d(18), None, dt.time(21, 30))),
        ("2026-11-18T21:30:00", Moment(d(18), None, dt.time(21, 30))),
        ("2026-11-18 21:30", Moment(d(18), None, dt.time(21, 30))),
        ("18/11/2026 9:30 PM", Moment(d(18), None, dt.time(21, 30))),
        ("18/11/2026 12 AM", Moment(d(18), None, dt.time(0))),
        ("mercredi 18 novembre 2026, 21h", Moment(d(18), None, dt.time(21))),
        ("14-juil.-26", Moment(d(14, 7))),
        ("14 juil 2026", Moment(d(14, 7))),
        ("18-Nov-2026", Moment(d(18))),
        ("2026/11/18", Moment(d(18))),
        ("17/11/2026 - 18/11/2026", Moment(d(17), d(18))),
        ("17/11 - 18/11/2026", Moment(d(17), d(18))),
        ("17-18/11/2026", Moment(d(17), d(18))),
        ("2026-11-17 - 2026-11-18", Moment(d(17), d(18))),
        ("2026-11-17/2026-11-18", Moment(d(17), d(18))),
        ("2026-11-17T00:00:00/2026-11-18T00:00:00", Moment(d(17), d(18))),
        ("du 17 au 18 novembre 2026", Moment(d(17), d(18))),
        ("du 30 octobre au 2 novembre 2026", Moment(d(30, 10), d(2))),
        ("entre le 17 et le 18 nov. 2026", Moment(d(17), d(18))),
        ("31/12 - 01/01/2027", Moment(d(31, 12), d(1, 1, 2027))),
        ("18/11/2026 - 18/11/2026", Moment(d(18))),
    ],
)
def test_a_notation_is_read_whole(text, moment):
    assert read_moment(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "", "novembre 2026", "18/11/2026 vers 21h", "18/11/2026 25h", "18/11/2026 21h30 puis 23h", "26-11-18",
        "17/11/2026 22:00 - 18/11/2026 06:00", "18/11/2026 - 17/11/2026", "17 et 18 novembre 2026", "31/02/2026",
        "zut 18 novembre 2026", "18/11/2026 signalé par la voisine", "18/11/2026 13 PM", "1" * 81, "46344",
        "2026-07-14T22:30:00Z",
    ],
)  # fmt: skip
def test_a_text_that_says_something_else_as_well_is_not_read(text):
    assert read_moment(text) is None


@pytest.mark.parametrize(
    ("text", "department", "moment"),
    [
        ("2026-07-14T22:30:00Z", "75", Moment(d(15, 7), None, dt.time(0, 30))),
        ("2026-10-24T22:30:00Z", "75", Moment(d(25, 10), None, dt.time(0, 30))),
        ("2026-07-14T22:30:00Z", "974", Moment(d(15, 7), None, dt.time(2, 30))),
        ("2026-10-24T22:30:00Z", "974", Moment(d(25, 10), None, dt.time(2, 30))),
        ("2026-07-14T22:30:00Z", "972", Moment(d(14, 7), None, dt.time(18, 30))),
        ("2026-07-14 22:30:00 +02:00", "2A", Moment(d(14, 7), None, dt.time(22, 30))),
        ("2026-07-14T22:30-0400", "971", Moment(d(14, 7), None, dt.time(22, 30))),
    ],
)
def test_a_moment_with_a_zone_becomes_the_day_and_hour_at_the_place(text, department, moment):
    assert instant_of(text).astimezone(zone_of(department)) == dt.datetime.combine(
        moment.day, moment.time, zone_of(department)
    )
    assert read_moment(text, zone=zone_of(department)) == moment


@pytest.mark.parametrize(
    "text",
    ["0001-01-01T00:00:00+05:00", "9999-12-31T23:30:00Z", "2026-07-14T22:30+99:00", "2026-02-30T10:00Z"],
)
def test_a_moment_that_is_none_in_some_zone_is_not_read(text):
    assert instant_of(text) is None
    assert read_moment(text, zone=zone_of("971")) is None


def test_a_day_without_zone_is_the_same_everywhere():
    assert instant_of("2026-07-14 22:30") is instant_of("demain") is None
    assert {read_moment("2026-07-14 22:30", zone=zone_of(code)) for code in ("75", "974", "972")} == {
        Moment(d(14, 7), None, dt.time(22, 30))
    }


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["03/04/2026", "18/11/2026 21h30"], "day"),
        (["03/04/2026", "11/18/26"], "month"),
        (["18/11/2026", "11/18/2026"], "mixed"),
        (["03/04/2026", "04/04/2026"], "either"),
        (["17/11 - 18/11/2026", "03.04.2026"], "day"),
        (["2026-11-18", "2026/11/18", "18 novembre 2026", "n’importe quoi", "31/31/2026"], "either"),
        ([], "either"),
    ],
)
def test_the_order_is_what_the_whole_column_shows(texts, order):
    assert order_of(texts) == order


@given(st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)), st.sampled_from(["%d/%m/%Y", "%d.%m.%y"]))
def test_a_month_first_column_gives_the_same_days_as_a_day_first_one(day, form):
    turned = form.replace("%d", "@").replace("%m", "%d").replace("@", "%m")
    assert read_moment(day.strftime(form)) == read_moment(day.strftime(turned), "month") == Moment(day)


def test_midnight_is_no_hour_where_a_whole_column_says_it():
    days = ["2026-11-18T00:00:00Z", "2026-11-19 00:00:00", "20/11/2026"]
    assert not tells_hours(days)
    assert tells_hours([*days, "20/11/2026 21h"])
    assert [read_moment(text, zone=zone_of("972"), hours=False) for text in days] == [
        Moment(d(18)), Moment(d(19)), Moment(d(20)),
    ]  # fmt: skip
    assert instant_of(days[0], hours=False) is None
    assert instant_of(days[0]) == dt.datetime(2026, 11, 18, tzinfo=dt.UTC)
    assert read_moment("2026-11-19 00:00") == Moment(d(19), None, dt.time(0))


@pytest.mark.parametrize(
    ("text", "time"),
    [("21 h 30", dt.time(21, 30)), ("21h30", dt.time(21, 30)), ("21:30:00", dt.time(21, 30)), ("9:30 pm", dt.time(21, 30)),
     ("21 heures", dt.time(21)), ("21h30-22h", None), ("13 PM", None)],
)  # fmt: skip
def test_an_hour_is_read_whole(text, time):
    assert read_time(text) == time


def test_no_fact_is_older_than_the_form_allows_or_to_come():
    today = d(26)
    assert [fault_of(day, today) for day in (d(1, 1, 1), d(1, 1, 1899), EARLIEST, today, d(27))] == [
        "too_old", "too_old", "", "", "future",
    ]  # fmt: skip


@given(st.text("0123456789/-.: hTZ+àauduMéPnovjuil–", max_size=40), st.sampled_from(["day", "month"]))
def test_no_text_breaks_the_reading_and_a_span_has_an_order(text, order):
    moment = read_moment(text, order, zone_of("75"))
    assert moment is None or moment.span_end is None or moment.day < moment.span_end
