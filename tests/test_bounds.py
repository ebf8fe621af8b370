"""Test that the values of a query string are bounded: no work and no memory grows with them, and no page fails."""

import re
from itertools import chain

import pytest
from django.db import connection, transaction
from django.urls import reverse

from accounts.lists.listing import PER_PAGE
from accounts.scope import acting_as, system_scope
from core.limits import SERVING
from core.words import LONGEST, MOST_WORDS, every_word, first_words, is_cut
from sites.models import Residence
from tests import factories as f
from tests.access import MATRIX
from tests.cost import measured
from tests.walk import PAGES, answers, statements_taken

# The longest statement of a page that nothing was typed into has 4,300 characters.
LONGEST_STATEMENT = 20_000
MORE_STATEMENTS = 20
# Of processors, by both processes; of memory, by the database's.
MOST_SECONDS = 1.0
MOST_MEGABYTES = 50.0
# What a field reads as one value is the last of several.
TYPED = {
    "400 words, after 500 numbers": [*map(str, range(500)), " ".join(f"m{word:03}" for word in range(400))],
    "as many words as are allowed": "a 'b' %c _d \\e f\" g h i j k l",
    "500 times the same": ["1"] * 500,
}
# What each field reads by itself, whatever the others hold.
TYPED_IN_ALL = {
    "a word of 2,000 characters": "é" * 2000,
    "a number of 5,000 digits": "9" * 5000,
    "2,000 wildcards": "%_" * 1000,
    "the last day": "9999-12-31",
    "a thousand words": "a " * 1000,
}


def _app(name):
    return name.rpartition(":")[0]


APPS = sorted(set(map(_app, MATRIX)))


def _ask(client, url, query):
    """Send a GET, undo what it wrote; return its status, its content, the statements it took and what it cost."""
    with transaction.atomic(), statements_taken() as taken:
        with connection.cursor() as cursor:
            # What serves is cut off there, and answers 503.
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [SERVING["statement_timeout"]])
        with measured() as cost:
            response = client.get(url, query)
            content = b"".join(response.streaming_content) if response.streaming else response.content
        transaction.set_rollback(True)
    return response.status_code, content, [query["sql"] or "" for query in taken.captured_queries], cost


def _wrong(client, url, query, most):
    """Return what breaks the bounds of a page, three times in a row: a first answer also loads what all others use."""
    for _try in range(3):
        status, _content, taken, cost = _ask(client, url, query)
        told = status, len(taken), max(map(len, taken)), cost
        bounded = (
            status < 500
            and told[1] <= most + MORE_STATEMENTS
            and told[2] <= LONGEST_STATEMENT
            and cost.seconds <= MOST_SECONDS
            and cost.megabytes <= MOST_MEGABYTES
        )
        if bounded:
            return None
    return told


def _breaches(client, url, plain, names, most):
    one = ((name, what, plain | {name: typed}) for name in names for what, typed in TYPED.items())
    every = (("all", what, plain | dict.fromkeys(names, typed)) for what, typed in TYPED_IN_ALL.items())
    tries = chain(one, every if names else ())
    return {(name, what): told for name, what, query in tries if (told := _wrong(client, url, query, most))}


@PAGES
@pytest.mark.parametrize("app", APPS)
def test_no_statement_grows_with_what_is_typed_into_an_address(app, world, sign_in):
    clients = {role: sign_in(user) for role, user in world.people.items()}
    asked, breaches = set(), {}
    for name in MATRIX:
        if _app(name) == app:
            with transaction.atomic():
                names, found = _try(name, world, clients)
                transaction.set_rollback(True)
            asked |= names
            breaches |= found
    assert breaches == {}
    assert asked


def _try(name, world, clients):
    """Return the names that the page reads, whoever asks, and what broke its bounds."""
    row, tried, breaches = MATRIX[name], set(), {}
    url = reverse(name, kwargs=row["kwargs"](world) if "kwargs" in row else None)
    plain = row["query"](world) if "query" in row else {}
    for role in sorted(set(clients) & row.get("GET", set())):
        clients[role].raise_request_exception = False
        untyped = answers(world, role)[name]
        found = _breaches(clients[role], url, plain, untyped.names - tried, len(untyped.statements))
        breaches |= {(name, *at): told for at, told in found.items()}
        tried |= untyped.names
    return tried, breaches


LISTS = ["accounts:users", "classification:residences", "incidents:list"]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_sorted_by_each_column_once_and_its_pages_stay_small(name, world, sign_in):
    client = sign_in(world.a.lead)
    _status, content, _taken, _cost = _ask(client, reverse(name), {})
    columns = set(re.findall(r"tri=-?(\w+)", content.decode()))
    assert columns
    asked = {"tri": [sign + column for column in sorted(columns) for sign in ("", "-")] * 50}
    status, _content, taken, _cost = _ask(client, reverse(name), asked)
    assert status == 200
    assert max(map(len, taken)) <= LONGEST_STATEMENT
    limits = {int(number) for sql in taken for number in re.findall(r"LIMIT (\d+)", sql)}
    _status, _content, taken, _cost = _ask(
        client, reverse(name), {"per_page": "100000", "par_page": "100000"}
    )
    assert {int(number) for sql in taken for number in re.findall(r"LIMIT (\d+)", sql)} == limits
    assert max(PER_PAGE) < 100_000


def test_more_words_than_a_condition_is_made_of_are_a_fault_of_the_form(world, sign_in):
    page = sign_in(world.a.lead).get(reverse("classification:residences"), {"q": "residence " * 13})
    assert page.context["filter"].form.errors == {
        "q": ["Douze mots au plus : gardez ceux qui distinguent ce que vous cherchez."]
    }
    assert "Un filtre est à corriger." in page.content.decode()
    assert reverse("classification:residence", args=[world.a.residence.pk]) not in page.content.decode()


@pytest.mark.parametrize("headers", [None, {"HX-Request": "true"}])
@pytest.mark.parametrize("text", ["residence " * 13, "residence" + " " * 80 + "de la place du soleil"])
def test_a_search_says_that_the_rest_did_not_count(world, sign_in, headers, text):
    client = sign_in(world.a.lead)
    said = "Seuls les douze premiers mots, ou les cent premiers caractères, ont compté."
    page = client.get(reverse("search"), {"q": text}, headers=headers).content.decode()
    assert said in page
    assert (reverse("classification:residence", args=[world.a.residence.pk]) in page) == text.endswith(
        "residence "
    )
    assert said not in client.get(reverse("search"), {"q": "residence"}, headers=headers).content.decode()
    assert said in client.get(reverse("incidents:places"), {"q": text}).content.decode()
    assert said not in client.get(reverse("incidents:places"), {"q": "residence"}).content.decode()


def test_words_are_cut_where_they_no_longer_count():
    twelve = " ".join(f"m{number}" for number in range(MOST_WORDS))
    assert first_words(f" {twelve} m12 ") == twelve.split()
    assert (is_cut(f" {twelve} "), is_cut(f"{twelve} m12")) == (False, True)
    assert first_words("é" * (LONGEST + 1)) == ["é" * LONGEST]
    assert (is_cut("é" * LONGEST), is_cut("é" * (LONGEST + 1))) == (False, True)


def test_every_word_counts_once_whatever_its_case_and_accents(world):
    words = ["residence", "residence", *(f"m{number}" for number in range(40))]
    sql = str(Residence.objects.filter(every_word(words, "name", "reference")).query)
    assert (sql.count("%RESIDENCE%"), "%M10%" in sql, "%M11%" in sql) == (1, True, False)
    with acting_as(world.a.lead):
        found = Residence.objects.filter(every_word(["RESIDÉNCE", "BIS"], "name", "reference"))
        assert [residence.name for residence in found] == ["Résidence A bis"]
        assert Residence.objects.filter(every_word([], "name")).count() == 2
        for special in ("%", "_", "\\", "a%", "résidence_a", "\\a"):
            assert not Residence.objects.filter(every_word([special], "name")).exists()


def test_the_words_of_an_address_and_of_its_residence_are_found_together(world, sign_in):
    client = sign_in(world.a.lead)
    with system_scope("seeding"):
        f.AddressFactory(residence=world.a.other, label="44 quai Sud")

    def found(words):
        page = client.get(reverse("classification:residences"), {"q": words}).content.decode()
        return sorted(set(re.findall(r">(Résidence A[^<]*)</a>", page)))

    assert found("residence 2 rue") == ["Résidence A bis"]
    assert found("RESIDENCE bis") == ["Résidence A bis"]
    assert (found("44 quai bis"), found("44 rue bis")) == (["Résidence A bis"], [])


def test_the_measure_sees_work_and_memory_of_the_database_and_of_this_process(db):
    def cost(statement, work=lambda: None):
        with connection.cursor() as cursor, measured() as found:
            cursor.execute(statement)
            work()
        return found

    calm = cost("SELECT 1")
    assert (calm.seconds < 0.1, calm.megabytes < 5) == (True, True)
    large = cost("SELECT length(repeat('a', 100 * 1024 * 1024))")
    assert large.megabytes > 90
    # The peak of a block is not that of a block before it.
    assert cost("SELECT 1").megabytes < 5
    assert cost("SELECT count(md5(n::text)) FROM generate_series(1, 1000000) n").seconds > 0.1
    assert cost("SELECT 1", lambda: sum(range(20_000_000))).seconds > 0.1


def test_a_value_sent_500_times_is_one_chip_and_stands_once_in_what_the_list_keeps(world, sign_in):
    page = sign_in(world.a.lead).get(reverse("classification:residences"), {"level": ["1"] * 500 + ["2"]})
    listing = page.context["listing"]
    assert listing.query == "level=1&level=2"
    assert [(str(chip.label), chip.without) for chip in listing.chips] == [
        ("Niveau", "level=2"),
        ("Niveau", "level=1"),
    ]
