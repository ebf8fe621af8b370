"""Reading and sending out a journal of any length."""

import datetime as dt
import io
import tracemalloc
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse
from django.utils.translation import override
from openpyxl import load_workbook

from accounts.enums import Role
from accounts.journal import exports
from accounts.journal.reading import figures, who
from accounts.lists.paging import BoundedPaginator
from accounts.mail.tasks import NOBODY, send_password_link
from accounts.models import AuditEntry, Membership
from accounts.scope import acting_as, system_scope
from core.dates import MomentColumn, long_date
from deploy import verify_journal
from tests import factories as f
from tests.journals import plant_entries, seal
from tests.sharing import copy_of, issued_of, publication_of
from tests.world import program_of

PARIS = ZoneInfo("Europe/Paris")
LIST, FILE = "/journal/", "/journal/export/"


def _append(reader, organisation, number: int, at: str = "2026-05-01 12:00+02") -> None:
    """Append entries of one moment, as ``reader``."""
    plant_entries(reader, organisation, number, at)


def _lines(response) -> list[str]:
    return response.getvalue().decode("utf-8-sig").splitlines()


@pytest.mark.parametrize("number", [0, 1, 3, 4, 7])
def test_the_file_holds_every_entry_once_however_many_parts_it_takes(world, sign_in, monkeypatch, number):
    monkeypatch.setattr(exports, "CHUNK", 3)
    # Of one moment, so that only their numbers tell them apart.
    _append(world.dpo, world.a.landlord, number)
    _append(world.b.lead, world.b.landlord, 2)
    header, *lines = _lines(sign_in(world.dpo).get(FILE))
    assert header == "Quand;Qui;En tant que;Action;Sur quoi;Résidences montrées;Précisions"
    assert lines == [
        f"2026-05-01 12:00:00;{world.dpo.full_name};Bailleur A;publication;planted n°\xa0{n};;"
        for n in range(number, 0, -1)
    ]


def test_the_entry_of_an_export_comes_first_with_its_filters_and_rows(world, sign_in):
    _append(world.dpo, world.a.landlord, 4)
    response = sign_in(world.dpo).get(
        FILE, {"action": "publish", "person": world.dpo.full_name, "since": "2026-05-01"}
    )
    with acting_as(world.dpo):
        entry = AuditEntry.objects.get(action="export")
    assert entry.detail == {
        "format": "csv",
        "rows": 4,
        "filters": {"action": "publish", "since": "2026-05-01"},
    }
    assert len(_lines(response)) == 1 + 4


def test_the_file_does_not_hold_what_comes_in_while_it_is_sent(world, sign_in, monkeypatch):
    monkeypatch.setattr(exports, "CHUNK", 2)
    _append(world.dpo, world.a.landlord, 4)
    response = sign_in(world.dpo).get(FILE)
    parts = iter(response)
    first = next(parts)
    _append(world.dpo, world.a.landlord, 5, at="2026-05-02 12:00+02")
    assert (first + b"".join(parts)).count(b"planted") == 4


def test_the_file_breaks_off_when_the_reader_loses_the_role(world, sign_in, monkeypatch):
    monkeypatch.setattr(exports, "CHUNK", 2)
    _append(world.dpo, world.a.landlord, 4)
    parts = iter(sign_in(world.dpo).get(FILE))
    next(parts)
    with system_scope("seeding"):
        Membership.objects.filter(user=world.dpo).update(ends_on=dt.date(2026, 1, 2))
    with pytest.raises(PermissionDenied):
        next(parts)


def test_files_break_off_when_the_account_of_the_reader_is_closed(world, sign_in, monkeypatch):
    monkeypatch.setattr(exports, "CHUNK", 2)
    _append(world.dpo, world.a.landlord, 4)
    parts = iter(sign_in(world.dpo).get(FILE))
    next(parts)
    whole = iter(sign_in(world.dpo).get("/journal/export/preuve/"))
    with system_scope("seeding"):
        type(world.dpo).objects.filter(pk=world.dpo.pk).update(is_active=False)
    with pytest.raises(PermissionDenied):
        next(parts)
    assert list(whole) == []


def test_the_file_speaks_the_readers_language(world, sign_in):
    _append(world.dpo, world.a.landlord, 1)
    with system_scope("seeding"):
        type(world.dpo).objects.filter(pk=world.dpo.pk).update(language="en")
    header, line = _lines(sign_in(world.dpo).get(FILE))
    assert header == "When;Who;As;Action;On what;Residences shown;Details"
    assert line.split(";")[3] == "publication"


def _peak(entries, reader) -> int:
    """The most memory that making the file took, in bytes."""
    tracemalloc.start()
    try:
        for _part in exports.csv_of(entries, reader):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_longer_file_takes_no_more_memory(world, monkeypatch):
    monkeypatch.setattr(exports, "CHUNK", 200)
    _append(world.dpo, world.a.landlord, 6000)
    with acting_as(world.dpo):
        entries = AuditEntry.objects.all()
        newest = entries.order_by("-id")[599].pk
        short = entries.filter(id__gte=newest)
        _peak(short, world.dpo)
        assert _peak(entries, world.dpo) < 2 * _peak(short, world.dpo)


def test_each_person_is_looked_up_once_not_for_every_entry_nor_part(world, monkeypatch):
    monkeypatch.setattr(exports, "CHUNK", 2)
    _append(world.dpo, world.a.landlord, 9)
    asked = []
    monkeypatch.setattr(exports, "names_of", lambda ids: asked.append(set(ids)) or dict.fromkeys(ids, "x"))
    with acting_as(world.dpo):
        list(exports.csv_of(AuditEntry.objects.all(), world.dpo))
    assert asked == [{world.dpo.pk}, set(), set(), set(), set()]


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ({"since": "2026-03-29"}, [2, 3, 4]),
        ({"until": "2026-03-29"}, [1, 2, 3]),
        ({"since": "2026-03-29", "until": "2026-03-29"}, [2, 3]),
        ({"since": "0001-01-01", "until": "9999-12-31"}, [1, 2, 3, 4]),
        ({"since": "soon"}, []),
    ],
)
def test_a_period_begins_and_ends_with_its_days_here(world, sign_in, query, kept):
    """The clocks go forward that night: the day begins at 23:00 UTC and ends at 22:00."""
    moments = [
        "2026-03-28 22:59:59+00",
        "2026-03-28 23:00:00+00",
        "2026-03-29 21:59:59+00",
        "2026-03-29 22:00+00",
    ]
    for number, moment in enumerate(moments, start=1):
        _append(world.dpo, world.a.landlord, number, moment)
    page = sign_in(world.dpo).get(LIST, query | {"action": "publish"})
    shown = [row.record.at for row in page.context["table"].paginated_rows]
    assert sorted({moments_at(at, moments) for at in shown}) == kept
    assert len(shown) == sum(kept)


def moments_at(at: dt.datetime, moments: list[str]) -> int:
    return 1 + [dt.datetime.fromisoformat(moment) for moment in moments].index(at)


def test_the_list_counts_no_further_than_people_page(world, sign_in, monkeypatch):
    monkeypatch.setattr(BoundedPaginator, "counted", 60)
    _append(world.dpo, world.a.landlord, 60)
    dpo = sign_in(world.dpo)
    assert "60 entrées" in dpo.get(LIST, {"action": "publish"}).text
    _append(world.dpo, world.a.landlord, 40)
    page = dpo.get(LIST, {"action": "publish"})
    assert "Plus de 60 entrées" in page.text.replace("\xa0", " ")
    assert page.context["table"].paginator.count == 61
    assert len(_lines(dpo.get(FILE, {"action": "publish"}))) == 1 + 100


def _plan(reader, **query) -> str:
    """How the database finds a page of the journal, when an index could serve."""
    with acting_as(reader) as scope, connection.cursor() as cursor:
        own = scope.roles[Role.DPO]
        # What is known of the table is what is there now, whatever was analysed meanwhile.
        cursor.execute("SELECT planting.run('ANALYZE accounts_auditentry')")
        entries = AuditEntry.objects.filter(organisation_id__in=own, **query).order_by("-at", "-id")[:50]
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        return entries.explain(costs=False)


def test_a_page_of_the_journal_is_read_from_an_index_in_its_order(world):
    for side in (world.a, world.b):
        _append(world.dpo, side.landlord, 200)
    plan = _plan(world.dpo, at__lt=dt.datetime(2026, 5, 2, tzinfo=PARIS))
    assert "audit_entry_reading_idx" in plan
    assert "Sort" not in plan
    assert "Index Cond: ((organisation_id = " in plan
    assert "(at < " in plan


def test_a_dpo_of_two_organisations_reads_both_journals(world, sign_in):
    with system_scope("seeding"):
        f.MembershipFactory(user=world.dpo, organisation=world.b.landlord, role=Role.DPO)
    _append(world.dpo, world.a.landlord, 1)
    _append(world.dpo, world.b.landlord, 1)
    assert len(_lines(sign_in(world.dpo).get(FILE))) == 3


def test_the_file_of_two_organisations_breaks_off_when_one_role_is_lost(world, sign_in, monkeypatch):
    monkeypatch.setattr(exports, "CHUNK", 2)
    with system_scope("seeding"):
        other = f.MembershipFactory(user=world.dpo, organisation=world.b.landlord, role=Role.DPO)
    _append(world.dpo, world.a.landlord, 4)
    _append(world.dpo, world.b.landlord, 4)
    parts = iter(sign_in(world.dpo).get(FILE))
    next(parts)
    with system_scope("seeding"):
        Membership.objects.filter(pk=other.pk).update(ends_on=dt.date(2026, 1, 2))
    with pytest.raises(PermissionDenied):
        next(parts)


def _told(reader) -> list[tuple[str, str, str]]:
    with acting_as(reader):
        return list(AuditEntry.objects.order_by("id").values_list("action", "object_type", "subject"))


def test_logins_that_fail_refusals_searches_and_readings_of_the_journal_are_entries(world, client, sign_in):
    client.post("/connexion/", {"login": world.a.agent.email, "password": "pas le bon"})
    sign_in(world.a.agent).get("/journal/")
    sign_in(world.a.agent).get("/recherche/", {"q": "Résidence"})
    sign_in(world.dpo).get("/journal/", {"person": "Durand"})
    assert _told(world.dpo) == [
        ("login_failed", "accounts.user", world.a.agent.full_name),
        ("refused", "accounts.page", ""),
        ("search", "portal.search", ""),
        ("read", "accounts.journal", ""),
    ]


def test_a_link_for_a_new_password_is_an_entry_of_each_organisation_and_of_no_other(world):
    send_password_link(world.a.agent.pk, "http://testserver")
    send_password_link(NOBODY, "http://testserver")
    assert _told(world.dpo) == [("create", "accounts.user", world.a.agent.full_name)]
    with acting_as(world.dpo):
        entry = AuditEntry.objects.get()
    assert (entry.actor_id, figures(entry)) == (None, "lien pour un nouveau mot de passe")
    assert _told(world.b.lead) == []


def test_a_program_is_told_by_the_name_that_its_token_had(world):
    program = program_of(world)
    program.get(reverse("incidents:api_incidents"))
    body = {
        "external_id": "essai",
        "fact_type": "NOISE",
        "residence": world.a.residence.reference,
        "day": "2026-01-01",
    }
    program.post(reverse("incidents:api_incidents"), body, content_type="application/json")
    with acting_as(world.dpo):
        entries = AuditEntry.objects.filter(system="api").order_by("id")
        told = [(entry.action, who(entry, {}).name) for entry in entries]
    assert told == [("export", "Programme « essai »"), ("create", "Programme « essai »")]


def test_who_saw_a_residence_is_asked_by_its_name_and_tells_nothing_of_others(world, sign_in):
    with system_scope("seeding"):
        type(world.a.residence).objects.filter(pk=world.a.residence.pk).update(name="Les Alizés")
    coordinator = sign_in(world.a.coordinator)
    coordinator.get("/residences/")
    coordinator.get(reverse("classification:residence", args=[world.a.other.pk]))
    page = sign_in(world.dpo).get(LIST, {"question": "seen", "place": "les alizes"})
    shown = [row.record for row in page.context["table"].paginated_rows]
    assert [(entry.object_type, entry.actor_name, entry.role, entry.acting_name) for entry in shown] == [
        ("classification.residences", world.a.coordinator.full_name, "coordinator", world.a.town.name)
    ]
    with acting_as(world.dpo):
        names = "\n".join(AuditEntry.objects.values_list("places", flat=True)).split("\n")
    assert set(names) - {""} == {"Les Alizés", world.a.other.name}


def test_a_printed_digest_or_a_copy_number_leads_to_the_download(world, sign_in):
    copy = copy_of(issued_of(world.a), world.a.partner)
    answer = sign_in(world.a.partner).get(reverse("partners:copy_document", args=[copy.pk]))
    assert answer.status_code == 200
    with acting_as(world.dpo):
        digest = AuditEntry.objects.get(action="download").detail["digest"]
    for asked in (str(copy.number), f"n° {copy.number}", digest, digest[:8].upper()):
        page = sign_in(world.dpo).get(LIST, {"trace": asked})
        found = [row.record for row in page.context["table"].paginated_rows]
        assert [(entry.actor_id, entry.subject[:4]) for entry in found] == [
            (world.a.partner.pk, f"n° {copy.number}")
        ]
    assert "Aucune entrée" in sign_in(world.dpo).get(LIST, {"trace": "0000"}).text


def test_the_proof_of_ones_journals_is_what_the_second_verifier_reads(world, sign_in):
    _append(world.dpo, world.a.landlord, 3)
    seal()
    answer = sign_in(world.dpo).get("/journal/export/preuve/")
    seal()
    lines = answer.getvalue().decode().splitlines()
    assert set(verify_journal.read(lines)) == {world.a.landlord.pk}
    assert len(lines) > 3


def test_a_workbook_has_the_lines_of_the_list(world, sign_in):
    _append(world.dpo, world.a.landlord, 3)
    sheet = load_workbook(io.BytesIO(sign_in(world.dpo).get(FILE, {"export": "xlsx"}).getvalue())).active
    assert [row[1].value for row in sheet.iter_rows(min_row=2)] == [world.dpo.full_name] * 3


def test_a_moment_is_written_as_everywhere_and_its_seconds_tell_close_entries_apart():
    column = MomentColumn(seconds=True)
    at = dt.datetime(2026, 9, 1, 17, 41, 21, tzinfo=PARIS)
    assert column.value(at) == "1er septembre 2026 à 17 h 41 min 21 s"
    page = '1er septembre 2026 à 17 h 41<span class="d-none d-md-inline"> min 21 s</span>'
    assert column.render(at).replace("\xa0", " ") == page
    with override("en"):
        assert column.value(at) == "1 September 2026 at 17:41:21"


def test_an_empty_journal_says_that_it_begins_and_an_empty_answer_that_it_is_filtered(world, sign_in):
    client = sign_in(world.dpo)
    beginning = client.get(LIST).text
    assert ("Rien n’est encore inscrit" in beginning, "ces filtres" in beginning) == (True, False)
    found = client.get(LIST, {"trace": "0000"}).text
    assert ("Rien n’est encore inscrit" in found, "ces filtres" in found) == (False, True)


def test_a_publication_that_a_lead_reads_is_called_by_its_territory_and_never_by_a_number(world, sign_in):
    publication = publication_of(world.a)
    sign_in(world.a.lead).get(reverse("partners:publication", args=[publication.pk]))
    sign_in(world.a.partner).get(reverse("partners:circle", args=[world.a.circle.pk]))
    page = sign_in(world.dpo).get(LIST, {"question": "seen"})
    told = [row.get_cell("object_type") for row in page.context["table"].paginated_rows]
    day = long_date(publication.as_of)
    assert told == ["la liste des publications", f"publication : {world.a.territory} – {day}"]
