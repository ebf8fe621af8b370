"""Test that whatever a text column holds, every page, file and document of every role can be opened."""

import html
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import cycle

import pytest
from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, models, transaction
from django.db.models import F, Value
from django.db.models.functions import Cast, Concat
from django.db.models.signals import post_save
from django.db.models.sql import UpdateQuery
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.enums import Role
from accounts.models import AuditEntry
from accounts.scope import system_scope
from classification.models import (
    AdoptionStep,
    Assessment,
    Campaign,
    CampaignState,
    Closing,
    Contest,
    Decision,
    GridVersion,
    Rest,
    Settlement,
)
from config.database import ROOT
from core.models import Message
from partners.models import Charter, PlenaryRelease, Publication
from tests.access import MATRIX, arguments
from tests.access.people import ANONYMOUS, PROGRAM, STRANGER
from tests.test_access import _send
from tests.walk import EVERYBODY, Clients, text_of

OURS = {path.parent.name for path in (*ROOT.glob("*/models.py"), *ROOT.glob("*/models/"))}
# What holds no text of anybody's: a hash, a name the product itself gives, a number of a form that the database checks.
FIXED = {
    "accounts.User": {"password", "language"},
    "accounts.ApiToken": {"digest"},
    "accounts.AuditCheckpoint": {"digest", "previous"},
    "accounts.Erasure": {"rule"},
    "accounts.Session": {"session_key"},
    "partners.PlenaryRelease": {"digest"},
    "core.Message": {"task"},
    "sites.Commune": {"code", "department"},
    "sites.Address": {"rnb_id", "ban_key"},
    "sites.ImportRun": {"profile"},
    "sites.ImportChange": {"table_name"},
    "incidents.FactType": {"code"},
    "partners.SynthesisNote": {"digest"},
}
# One text of each kind that an output is likely to fail on.
ODD = [
    "</script></title><u class=nu>\"'", "\x01\x1f\x7f\x92\uf0b7", "\u202eenvers\u2066 \u200d\u200b\ufeff", "😀👨‍👩‍👧🏴󠁧󠁢󠁥󠁮󠁧󠁿 𝔸",
    "中文 ب ไทย ָ", "e\u0301\u0301\u0301\u0336", "\U0010ffff\ufdd0\uffff", "=1+1|' -@\t", "{{ x }}{% y %}%s%(a)s\\",
    "\n\r\u2028\u2029\x0b", "#let x = [*_$`<a>@ //", "",
]  # fmt: skip
# What is sent in one field, whatever the others hold; and in all of them at once.
IN_ONE = "é 中 😀 =1+1|' -@ {{ x }}{% y %}%s%(a)s #let x = [*_$`<a>@ <u class=nu>"
IN_ALL = ["".join(ODD), "\0 nul", "é" * 5000]
# A link to a file of what a list shows.
_FILE = re.compile(r'href="(/[^"]*export[^"]*)"')
_LONGEST, _NUMBER = 2000, 20
_IN_A_DATABASE = st.characters(exclude_characters="\0", exclude_categories=["Cs"])


def _columns(model: type[models.Model]) -> list[models.Field]:
    """Return the columns of a model in which people, files or other programs write words of their own."""
    fixed = FIXED.get(model._meta.label, set())
    return [
        field
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not field.choices
        and field.name not in fixed
        and not isinstance(field, models.GeneratedField)
    ]


def _models() -> Iterator[type[models.Model]]:
    for model in apps.get_models():
        # Nobody changes an entry of the journal or a version of a history.
        frozen = model is AuditEntry or hasattr(model, "pgh_created_at")
        if model._meta.app_label in OURS and not frozen and _columns(model):
            yield model


# What else a text needs to be there.
WITH = {
    "incidents.Incident.complaint_reference": {"complaint_filed": True},
    # The first version of a campaign has no reason.
    "classification.Closing.reason": {"number": F("number") + 1},
    "partners.PlenaryRelease.withdrawal_reason": {"withdrawn_at": F("created_at")},
}


def _write(texts: Iterator[str], written: Iterable[type[models.Model]]) -> set[str]:
    """Put a text into every column of every row of some models; return the columns that refuse it."""
    refused = set()
    for model in written:
        for column in _columns(model):
            name = f"{model._meta.label}.{column.name}"
            text = next(texts)[: (column.max_length or _LONGEST) - _NUMBER]
            # Its number keeps apart what is unique.
            numbered = Concat(Value(text), Cast("pk", models.TextField()))
            tries = ({column.name: value} | WITH.get(name, {}) for value in (text, numbered))
            if not any(_update(model, values) for values in tries):
                refused.add(name)
    return refused


# In which scope a row is changed, where it is not "seeding".
SCOPES = {Message: "outbox"}


def _update(model: type[models.Model], values: dict[str, object]) -> bool:
    """Write a text into every row of a model; say whether a row took it, if there is one."""
    try:
        with transaction.atomic(), system_scope(SCOPES.get(model, "seeding")):
            written = APPENDED[model](values) if model in APPENDED else model.objects.update(**values)
            return written > 0 or not model.objects.exists()
    except DatabaseError:
        return False


def _write_charters(values: dict[str, object]) -> int:
    """Write a further text of each charter: nobody changes one that was written."""
    last = Charter.objects.order_by("territory_id", "-number").distinct("territory_id")
    for charter in last:
        Charter.objects.create(territory_id=charter.territory_id, number=charter.number + 1, **values)
    return len(last)


def _decide(values: dict[str, object]) -> int:
    """Replace each decision that stands by one with the text: nobody changes one that was made."""
    standing = list(Decision.objects.filter(ended_on=None))
    for decision in standing:
        last = {"ended_on": decision.as_of, "ending": "replaced"}
        Decision.objects.filter(pk=decision.pk).update(**last | _only(values, "end_reason"))
        decision.pk, decision.reason = None, "Vu sur place."
        for name, text in _only(values, "reason").items():
            # A reason is not empty.
            setattr(decision, name, text if isinstance(text, str) else "1")
        decision.save(force_insert=True)
    return len(standing)


def _past_triggers(model: type[models.Model], values: dict[str, object]) -> int:
    """Write a text into every row of a model that its triggers freeze, as whoever switches them off."""
    query = model.objects.all().query.chain(UpdateQuery)
    query.add_update_values(values)
    written, parameters = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    with connection.cursor() as cursor:
        cursor.execute("SELECT planting.run(%s)", [cursor.cursor.mogrify(written, parameters)])
    return 1


def _write_campaigns(values: dict[str, object]) -> int:
    """Name each campaign, and plant one beside it that was cancelled for the text."""
    for reason in _only(values, "cancel_reason").values():
        for campaign in Campaign.objects.exclude(state=CampaignState.CANCELLED):
            campaign.pk, campaign.state, campaign.cancelled_at = None, CampaignState.CANCELLED, timezone.now()
            campaign.cancel_reason = reason if isinstance(reason, str) else "1"
            campaign.save(force_insert=True)
        return 1
    return _past_triggers(Campaign, values)


def _write_publications(values: dict[str, object]) -> int:
    """Have each publication come from a campaign with the text as its name."""
    for row in Publication.objects.order_by("pk"):
        named = {
            "territory_id": row.territory_id,
            "as_of": row.as_of,
            "grid_version_id": row.grid_version_id,
        }
        campaign = Campaign.objects.create(name="–", deadline=row.as_of, **named)
        closing = Closing.objects.create(campaign=campaign, territory_id=row.territory_id, number=1)
        values |= {"closing_id": closing.pk, "campaign_version": 1}
    return _past_triggers(Publication, values)


def _only(values: dict[str, object], name: str) -> dict[str, object]:
    return {key: value for key, value in values.items() if key == name}


# Rows that nobody changes: others take their place.
APPENDED: dict[type[models.Model], Callable[[dict[str, object]], int]] = {
    Charter: _write_charters,
    Decision: _decide,
    Campaign: _write_campaigns,
    Closing: partial(_past_triggers, Closing),
    GridVersion: partial(_past_triggers, GridVersion),
    AdoptionStep: partial(_past_triggers, AdoptionStep),
    Assessment: partial(_past_triggers, Assessment),
    Publication: _write_publications,
    PlenaryRelease: partial(_past_triggers, PlenaryRelease),
    Contest: partial(_past_triggers, Contest),
    Settlement: partial(_past_triggers, Settlement),
    Rest: partial(_past_triggers, Rest),
}


@contextmanager
def _saved() -> Iterator[set[type[models.Model]]]:
    """Collect the models of which a row is saved."""
    found: set[type[models.Model]] = set()

    def note(sender, **_signal) -> None:
        found.add(sender)

    post_save.connect(note)
    yield found
    post_save.disconnect(note)


def _asking_for_each_page() -> Iterator[tuple[str, str]]:
    """Return each address that answers a GET, with one of those who may ask for it."""
    asking = [*map(str, Role), STRANGER, ANONYMOUS, PROGRAM]
    # A fact with another program's identifier was entered by nobody who waits for an answer.
    pages = {name: row for name, row in MATRIX.items() if name != "incidents:answer"}
    for name, row in sorted(pages.items()):
        if who := next((who for who in asking if who in row.get("GET", ())), None):
            yield name, who


def _address(world, name: str, who: str) -> tuple[str, dict]:
    row = MATRIX[name]
    return reverse(name, kwargs=arguments(name, world, who)), row["query"](world) if "query" in row else {}


def _wrong(client: Client, url: str, query: dict[str, str]) -> list[str]:
    """Read an answer whole, as a program of its kind would, and each file it offers; return what is wrong."""
    response = client.get(url, query)
    if response.status_code not in {200, 204, 302}:
        return [f"{response.status_code} {url}"]
    text = text_of(response)
    if "html" not in response.headers.get("Content-Type", ""):
        return []
    markup = [f"a text is markup {url}"] if "<u class=nu>" in text else []
    files = {html.unescape(found) for found in _FILE.findall(text)} - client.files
    client.files |= files
    return markup + [told for file in sorted(files) for told in _wrong(client, file, {})]


def _answer(client: Client, world, name: str, who: str, texts: Iterator[str]) -> list[str]:
    """Open a page about what the matrix makes for it, whose columns hold ``texts`` too."""
    with transaction.atomic():
        with _saved() as made:
            url, query = _address(world, name, who)
        refused = _write(texts, [model for model in _models() if model in made])
        assert refused == set()
        wrong = _wrong(client, url, query)
        transaction.set_rollback(True)
    return wrong


@pytest.fixture
def clients(world) -> Clients:
    """The client of each person of the access matrix."""
    return Clients(world)


@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.text(_IN_A_DATABASE, max_size=60), min_size=5, max_size=30))
@example(ODD)
def test_any_text_in_any_column_is_shown_by_every_page_file_and_document(
    world, reference_written, clients, texts
):
    texts = cycle(texts)
    for who in EVERYBODY:
        # The files this person has asked for.
        clients[who].files = set()
    with transaction.atomic():
        refused = _write(texts, _models())
        wrong = {
            name: _answer(clients[who], world, name, who, texts) for name, who in _asking_for_each_page()
        }
        transaction.set_rollback(True)
    assert refused == set()
    assert {name: told for name, told in wrong.items() if told} == {}


@pytest.mark.unsent
@pytest.mark.parametrize(
    "name", [name for name, row in sorted(MATRIX.items()) if row.get("POST") and "data" in row]
)
def test_any_text_in_any_field_of_a_form_is_taken_or_refused_with_a_page(name, world, clients):
    row, failed = MATRIX[name], {}
    who = min(row["POST"], key=str)
    client = clients[who]
    with transaction.atomic():
        arguments(name, world, who)
        fields = [field for field, value in _data(row, world, who).items() if isinstance(value, str | None)]
        transaction.set_rollback(True)
    sent = [*({field: IN_ONE} for field in fields), *(dict.fromkeys(fields, text) for text in IN_ALL)]
    for typed in sent:
        with transaction.atomic():
            kwargs = arguments(name, world, who)
            data = _data(row, world, who) | typed
            answer = _send(client, "POST", reverse(name, kwargs=kwargs), row, data)
            transaction.set_rollback(True)
        if answer != "login" and answer >= 500:
            failed |= {field: (text, answer) for field, text in typed.items()}
    assert failed == {}


def _data(row: dict, world, who: str) -> dict:
    return row["data_for"](world, who) if "data_for" in row else row["data"](world)


@pytest.mark.parametrize(
    ("posted", "leads"), [("/faits/", "/faits/"), ("mot é", "/"), ("//ailleurs.invalid/", "/"), ("", "/")]
)
def test_a_posted_page_is_followed_only_where_it_is_one_of_ours(world, sign_in, posted, leads):
    answer = sign_in(world.a.lead).post(reverse("accounts:language"), {"language": "fr", "next": posted})
    assert answer.headers["Location"] == (leads if leads != "/" else reverse("home"))
