"""The chain of the journal: what somebody does past the database's triggers is found, by both verifiers."""

import datetime as dt
import io
import json
import subprocess
import sys
import threading
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.enums import AuditAction
from accounts.journal import chain, checkpoints, proof, tasks
from accounts.journal.audit import write_entry
from accounts.journal.retention import cut_before
from accounts.models import AuditCheckpoint, AuditEntry, AuditLink, Organisation
from accounts.scope import acting_as, system_scope
from config.database import OWNER_ROLE, ROOT, embedded_url
from deploy import verify_journal
from tests.journals import plant_entries, seal, tamper


def problems(known=()) -> list[tuple[int, int | None, str]]:
    """What the product's verifier finds: journal, number, kind."""
    with system_scope("verification"):
        return [(found.journal, found.number, found.kind) for found in chain.verify(known).problems]


def elsewhere(journal: int) -> str:
    """What the verifier of the standard library finds in an export; empty where all holds."""
    try:
        with system_scope("verification"):
            verify_journal.read(list(proof.whole(journal)))
    except verify_journal.BrokenLinkError as broken:
        return str(broken)
    return ""


@pytest.fixture
def journal(world) -> int:
    """The journal of a landlord with ten entries that nobody else writes in, which hold."""
    with acting_as(world.b.lead) as scope:
        for number in range(10):
            write_entry(
                scope,
                AuditAction.READ,
                "page",
                organisation_id=world.b.landlord.pk,
                n=number,
                text='é "\\\n\x01',
            )
    seal()
    assert (problems(), elsewhere(world.b.landlord.pk)) == ([], "")
    return world.b.landlord.pk


def _link(journal: int, number: int) -> AuditLink:
    with system_scope("verification"):
        return AuditLink.objects.get(journal=journal, number=number)


_ENTRY = "SELECT entry_id FROM accounts_auditlink WHERE journal = %s AND number = 5"
_FORGED = (
    "INSERT INTO accounts_auditentry (at, actor_id, system, organisation_id, action, object_type, object_id, detail)"
    " SELECT e.at, e.actor_id, '', e.organisation_id, 'read', 'forged', '', '{}' FROM accounts_auditentry e"
    " JOIN accounts_auditlink l ON l.entry_id = e.id WHERE l.journal = %s AND l.number = 5"
)
_SWAPPED = "; ".join(
    f"UPDATE accounts_auditlink SET number = {there} WHERE journal = %s AND number = {here}"
    for here, there in ((7, 1007), (8, 7), (1007, 8))
)
_BEGUN_LATER = (
    "WITH gone AS (DELETE FROM accounts_auditlink WHERE journal = %s AND number < 3 RETURNING entry_id)"
    " DELETE FROM accounts_auditentry USING gone WHERE id = entry_id"
)


@pytest.mark.parametrize(
    ("statement", "number", "kind"),
    [
        (f"UPDATE accounts_auditentry SET action = 'login' WHERE id = ({_ENTRY})", 5, "changed"),
        (f"UPDATE accounts_auditentry SET detail = '{{}}' WHERE id = ({_ENTRY})", 5, "changed"),
        (f"UPDATE accounts_auditentry SET actor_name = 'Autre' WHERE id = ({_ENTRY})", 5, "changed"),
        (f"UPDATE accounts_auditentry SET at = at - interval '1 hour' WHERE id = ({_ENTRY})", 5, "changed"),
        (f"DELETE FROM accounts_auditentry WHERE id = ({_ENTRY})", 5, "missing"),
        ("DELETE FROM accounts_auditlink WHERE journal = %s AND number = 5", 6, "gap"),
        (_SWAPPED, 7, "link"),
        ("UPDATE accounts_auditlink SET digest = previous WHERE journal = %s AND number = 5", 5, "changed"),
        ("UPDATE accounts_auditlink SET previous = digest WHERE journal = %s AND number = 5", 5, "link"),
        (_BEGUN_LATER, 3, "beginning"),
        (_FORGED, None, "unlinked"),
    ],
)  # fmt: skip
def test_both_verifiers_name_the_first_broken_link(journal, statement, number, kind):
    tamper(statement, *[journal] * statement.count("%s"))
    first, *_more = problems()
    assert first == (journal, number, kind)
    found = elsewhere(journal)
    # An entry without its line shows by the number of the next; one without a link comes after all others.
    at = {"missing": "6", "beginning": "3", "unlinked": "None"}.get(kind, str(number))
    assert found.startswith(f"journal {journal}: ")
    assert f"entry {at}" in found


def test_an_entry_that_bears_an_earlier_day_is_found(journal):
    """As somebody who forges a whole link, with the right digests, at the end of a journal."""
    tamper(_FORGED.replace("e.at,", "e.at - interval '400 days',", 1), journal)
    _forge_link(journal, moment="l.sealed_at")
    assert problems() == [(journal, 11, "backdated")]
    assert "entry 11" in elsewhere(journal)


def test_an_entry_moved_to_another_journal_is_found(world, journal):
    """The canonical text names the journal of the link alone, so no digest tells of it."""
    tamper(
        f"UPDATE accounts_auditentry SET organisation_id = %s WHERE id = ({_ENTRY})",
        world.a.landlord.pk,
        journal,
    )
    assert problems() == [(journal, 5, "journal")]


def test_a_link_that_claims_to_be_older_than_the_one_before_is_found(journal):
    tamper(_FORGED.replace("e.at,", "e.at - interval '400 days',", 1), journal)
    _forge_link(journal, moment="e.at")
    assert problems() == [(journal, 11, "order")]
    assert "entry 11" in elsewhere(journal)


@pytest.mark.parametrize(
    ("number", "previous", "kind"),
    [
        ("l.number + 2", "l.digest", "gap"),
        ("l.number + 1", "l.previous", "link"),
    ],
)
def test_a_link_with_the_right_digest_at_a_wrong_place_is_found(journal, number, previous, kind):
    tamper(_FORGED, journal)
    _forge_link(journal, moment="l.sealed_at", number=number, previous=previous)
    ((at, place, found),) = problems()
    assert (at, found) == (journal, kind)
    assert f"entry {place}" in elsewhere(journal)


def _forge_link(journal: int, moment: str, number: str = "l.number + 1", previous: str = "l.digest") -> None:
    tamper(
        "INSERT INTO accounts_auditlink (entry_id, journal, number, previous, sealed_at, digest)"
        f" SELECT e.id, l.journal, {number}, {previous}, {moment}, sha256(convert_to("
        f"palier_entry_text(e, l.journal, {number}, {previous}, {moment}), 'UTF8'))"
        " FROM accounts_auditentry e, accounts_auditlink l WHERE e.object_type = 'forged' AND l.journal = %s"
        " AND l.number = 10",
        journal,
    )


def _heads(journal: int) -> list[chain.Head]:
    with system_scope("verification"):
        return chain.heads_of([journal])


def test_a_tail_that_is_cut_off_shows_by_a_head_written_down_before(journal):
    known = _heads(journal)
    tamper(
        "WITH gone AS (DELETE FROM accounts_auditlink WHERE journal = %s AND number > 8 RETURNING entry_id)"
        " DELETE FROM accounts_auditentry USING gone WHERE id = entry_id",
        journal,
    )
    assert (problems(), elsewhere(journal)) == ([], "")
    assert problems(known) == [(journal, 10, "cut")]


def test_a_journal_that_is_gone_as_a_whole_shows_by_its_head(journal):
    known = _heads(journal)
    tamper("DELETE FROM accounts_auditlink WHERE journal = %s", journal)
    tamper("DELETE FROM accounts_auditentry WHERE organisation_id = %s", journal)
    assert problems(known) == [(journal, 10, "cut")]


def test_a_chain_that_is_computed_anew_shows_by_a_head_written_down_before(journal):
    known = _heads(journal)
    tamper(f"UPDATE accounts_auditentry SET action = 'login' WHERE id = ({_ENTRY})", journal)
    for number in range(5, 11):
        tamper(
            "UPDATE accounts_auditlink l SET previous = before.digest, digest = sha256(convert_to("
            "palier_entry_text(e, l.journal, l.number, before.digest, l.sealed_at), 'UTF8'))"
            " FROM accounts_auditentry e, accounts_auditlink before WHERE e.id = l.entry_id AND l.journal = %s"
            " AND l.number = %s AND before.journal = l.journal AND before.number = l.number - 1",
            journal, number,
        )  # fmt: skip
    assert (problems(), elsewhere(journal)) == ([], "")
    assert problems(known) == [(journal, 10, "head")]


def test_the_fields_that_are_hashed_are_those_that_are_described(journal):
    with system_scope("verification"):
        line = json.loads(proof.lines_of(journal)[4][1])
    assert line.pop("digest") == bytes(_link(journal, 5).digest).hex()
    assert set(line) == set(chain.FIELDS)
    assert verify_journal.canonical(line) == chain.canonical(line)


def test_batches_of_any_size_find_the_same(journal, monkeypatch):
    monkeypatch.setattr(chain, "BATCH", 3)
    assert problems() == []
    tamper("UPDATE accounts_auditlink SET previous = digest WHERE journal = %s AND number = 7", journal)
    assert problems() == [(journal, 7, "link")]


@pytest.mark.parametrize("table", ["accounts_auditentry", "accounts_auditlink", "accounts_auditcheckpoint"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_owner_of_the_tables_can_only_append_too(committed_database, superuser_uri, table, statement):
    column = {"accounts_auditlink": "journal"}.get(table, "id")
    with system_scope("verification") as scope:
        write_entry(scope, AuditAction.READ, "page")
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO accounts_auditcheckpoint (at, heads, entries, previous, digest) VALUES (now(), '[]', 1, '', '')"
            )
    with psycopg.connect(embedded_url(superuser_uri, committed_database, OWNER_ROLE)) as owner:
        # Under the policies it sees no row to change; the triggers hold without them.
        owner.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        assert owner.execute(f"SELECT count(*) FROM {table}").fetchone() == (1,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="only appended to"):
            owner.execute(statement.format(table, column, column))


def test_the_database_sets_the_moment_and_the_names(world):
    with acting_as(world.a.agent), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_auditentry (at, actor_id, actor_name, acting_for_id, acting_name, system,"
            " organisation_id, action, object_type, object_id, detail)"
            " VALUES ('2020-01-01', %s, 'Autre', %s, 'Autre', '', %s, 'read', 'forged', '', '{}')",
            [world.a.agent.pk, world.a.landlord.pk, world.a.landlord.pk],
        )
    with acting_as(world.dpo):
        entry = AuditEntry.objects.get(object_type="forged")
    assert (entry.actor_name, entry.acting_name) == (world.a.agent.full_name, world.a.landlord.name)
    assert entry.at.year > 2020


def test_what_is_rolled_back_leaves_no_gap(committed_database):
    for commits in (True, False, True):
        with system_scope("backup") as scope:
            write_entry(scope, AuditAction.EXPORT, "backup")
            transaction.set_rollback(not commits)
    with system_scope("verification"):
        assert list(AuditLink.objects.values_list("journal", "number")) == [(0, 1), (0, 2)]
    assert problems() == []


def test_an_entry_is_refused_where_what_others_commit_is_not_seen(committed_database):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with (
            pytest.raises(DatabaseError, match="reads what others commit"),
            system_scope("backup") as scope,
        ):
            write_entry(scope, AuditAction.EXPORT, "backup")


def test_many_who_write_at_once_in_journals_they_share_leave_chains_that_hold(committed_database):
    with system_scope("seeding"):
        shared = [Organisation.objects.create(name=f"Bailleur {n}", kind="landlord").pk for n in range(3)]
    errors, barrier = [], threading.Barrier(4)

    def write(place: int) -> None:
        try:
            barrier.wait()
            for number in range(12):
                turned = shared[(place + number) % 3 :] + shared[: (place + number) % 3]
                with system_scope("backup") as scope:
                    write_entry(
                        scope, AuditAction.EXPORT, "backup", organisation_id=turned[0], concerns=turned
                    )
        except (DatabaseError, threading.BrokenBarrierError) as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=[place]) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with system_scope("verification"):
        found = chain.verify()
    assert [(head.journal, head.number) for head in found.heads] == [(pk, 48) for pk in shared]
    assert found.problems == []


def test_whoever_has_written_and_not_committed_holds_nobody_up(committed_database):
    """The lock of a journal is taken by the commit: a long transaction lets others write meanwhile."""
    done = threading.Event()

    def write() -> None:
        with system_scope("backup") as scope:
            write_entry(scope, AuditAction.EXPORT, "backup")
        done.set()
        connection.close()

    with system_scope("backup") as scope:
        write_entry(scope, AuditAction.EXPORT, "backup")
        other = threading.Thread(target=write)
        other.start()
        other.join(timeout=30)
        assert done.is_set()
    assert problems() == []


def _verify(*options: str) -> tuple[int, str]:
    """What ``manage.py verify_audit`` exits with and prints."""
    told = io.StringIO()
    try:
        call_command("verify_audit", *options, stdout=told)
    except CommandError as error:
        return error.returncode, told.getvalue() + str(error)
    return 0, told.getvalue()


def test_the_command_names_the_first_broken_link_and_exits_with_one(world, journal):
    code, said = _verify()
    assert (code, "hold" in said) == (0, True)
    tamper(f"UPDATE accounts_auditentry SET action = 'login' WHERE id = ({_ENTRY})", journal)
    code, said = _verify()
    assert code == 1
    named = f"BROKEN journal {journal} ({world.b.landlord.name}), link 5, entry {_link(journal, 5).entry_id}: the entry or its link"
    assert named in said


def test_a_file_of_checkpoints_shows_a_tail_that_is_cut_off(world, journal, tmp_path):
    checkpoints.keep(checkpoints.checkpoint(), tmp_path)
    kept = tmp_path / checkpoints.FILE
    assert _verify("--checkpoints", str(kept))[0] == 0
    whole = _exported(journal, tmp_path / "whole")
    assert verify_journal.main(whole, str(kept)) == 0
    tamper(
        "WITH gone AS (DELETE FROM accounts_auditlink WHERE journal = %s AND number > 8 RETURNING entry_id)"
        " DELETE FROM accounts_auditentry USING gone WHERE id = entry_id",
        journal,
    )
    # As whoever may write anything: what the database kept is gone too.
    tamper("DELETE FROM accounts_auditcheckpoint")
    assert _verify()[0] == 0
    code, said = _verify("--checkpoints", str(kept))
    assert (code, "link 10: a checkpoint tells of this link, and it is gone" in said) == (1, True)
    cut = _exported(journal, tmp_path / "cut")
    assert (verify_journal.main(cut), verify_journal.main(cut, str(kept))) == (0, 1)


def test_what_the_database_kept_of_the_last_night_shows_it_without_the_file(journal):
    checkpoints.checkpoint()
    tamper("DELETE FROM accounts_auditlink WHERE journal = %s AND number = 10", journal)
    assert _verify()[0] == 1
    tamper("DELETE FROM accounts_auditentry WHERE action = 'read' AND organisation_id = %s", journal)
    tamper("DELETE FROM accounts_auditlink WHERE journal = %s", journal)
    assert checkpoints.checkpoint().problem["kind"] == "cut"


def _exported(journal: int, file: Path) -> str:
    with system_scope("verification"):
        file.write_text("\n".join(proof.whole(journal)), encoding="utf-8")
    return str(file)


def test_a_checkpoint_that_was_changed_is_found(journal, tmp_path, capsys):
    for _ in range(2):
        checkpoints.keep(checkpoints.checkpoint(), tmp_path)
    kept = tmp_path / checkpoints.FILE
    first, second = kept.read_text(encoding="utf-8").splitlines()
    assert _verify("--checkpoints", str(kept))[0] == 0
    emptied = json.dumps(json.loads(first) | {"heads": []})
    for lines, place in (((emptied, second), 1), ((second, first), 2)):
        kept.write_text("\n".join(lines) + "\n", encoding="utf-8")
        code, said = _verify("--checkpoints", str(kept))
        assert (code, f"line {place} is not what was written" in said) == (1, True)
        capsys.readouterr()
        assert verify_journal.main(_exported(journal, tmp_path / "x"), str(kept)) == 1
        assert f"line {place} is not what was written" in capsys.readouterr().out


def test_an_export_that_was_cut_off_is_no_whole_journal(journal, tmp_path, capsys):
    export = Path(_exported(journal, tmp_path / "export"))
    export.write_text("\n".join(export.read_text(encoding="utf-8").splitlines()[:8]), encoding="utf-8")
    assert verify_journal.main(str(export)) == 1
    assert "does not say with what it ends" in capsys.readouterr().out


def test_the_second_verifier_needs_the_standard_library_alone(journal, tmp_path):
    program = ROOT / "deploy" / "verify_journal.py"
    export = _exported(journal, tmp_path / "export")
    done = subprocess.run(
        ["/usr/bin/env", "-i", sys.executable, "-I", "-S", program, export],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith(f"journal {journal}: 10 entries hold")


def test_the_nightly_checkpoint_goes_to_a_file_and_by_mail_without_content(
    world, journal, tmp_path, settings, mailoutbox
):
    settings.JOURNAL_CHECKPOINTS, settings.JOURNAL_CHECKPOINT_RECIPIENTS = (
        str(tmp_path),
        ["garde@example.org"],
    )
    tasks.checkpoint()
    (line,) = (tmp_path / checkpoints.FILE).read_text(encoding="utf-8").splitlines()
    (mail,) = mailoutbox
    assert (mail.to, mail.body) == (["garde@example.org"], line)
    head = next(head for head in json.loads(line)["heads"] if head["journal"] == journal)
    assert head == {"journal": journal, "number": 10, "digest": bytes(_link(journal, 10).digest).hex()}
    assert world.b.lead.full_name not in line
    with acting_as(world.admin):
        assert [(kept.problem, kept.digest) for kept in AuditCheckpoint.objects.all()] == [
            (None, json.loads(line)["digest"])
        ]
    with acting_as(world.dpo):
        assert list(AuditCheckpoint.objects.all()) == []


def test_a_folder_that_cannot_be_written_keeps_no_checkpoint_from_being_mailed(
    world, journal, tmp_path, settings, mailoutbox
):
    (tmp_path / "file").write_text("")
    settings.JOURNAL_CHECKPOINTS = str(tmp_path / "file")
    settings.JOURNAL_CHECKPOINT_RECIPIENTS = ["garde@example.org"]
    with pytest.raises(OSError, match="file"):
        tasks.checkpoint()
    assert [mail.to for mail in mailoutbox] == [["garde@example.org"]]


def test_an_administrator_reads_what_came_of_the_verification(world, journal, sign_in):
    admin = sign_in(world.admin)
    assert "jamais été vérifiée" in admin.get("/installation/").text
    checkpoints.checkpoint()
    assert "des journaux se tiennent" in admin.get("/installation/").text
    tamper(f"UPDATE accounts_auditentry SET action = 'login' WHERE id = ({_ENTRY})", journal)
    checkpoints.checkpoint()
    assert f"{journal} est rompu au maillon 5." in admin.get("/installation/").text


def _aged(world, *, years: int, number: int) -> None:
    moment = timezone.now() - dt.timedelta(days=366 * years)
    plant_entries(world.b.lead, world.b.landlord, number, moment)
    seal()


def test_what_retention_cuts_off_leaves_an_entry_and_a_chain_that_holds(world):
    _aged(world, years=5, number=4)
    _aged(world, years=2, number=3)
    with acting_as(world.b.lead) as scope:
        write_entry(scope, AuditAction.READ, "page", organisation_id=world.b.landlord.pk)
    seal()
    known = _heads(world.b.landlord.pk)
    day = timezone.localdate() - dt.timedelta(days=3 * 365)
    assert cut_before(day) == {world.b.landlord.pk: 4}
    seal()
    assert (problems(known), elsewhere(world.b.landlord.pk)) == ([], "")
    with acting_as(world.b.lead):
        *_left, cut = AuditEntry.objects.order_by("id")
        assert (AuditEntry.objects.count(), cut.action, cut.detail["through"], cut.detail["entries"]) == (
            5,
            "erase",
            4,
            4,
        )
    assert cut_before(day) == {}
    # Without the entry that tells of it, what is gone is gone without a word.
    tamper("UPDATE accounts_auditentry SET action = 'read' WHERE action = 'erase'")
    assert (world.b.landlord.pk, 5, "beginning") in problems()


def test_nothing_of_the_last_year_is_cut_and_the_last_entry_stays(world):
    _aged(world, years=5, number=2)
    assert cut_before(timezone.localdate() - dt.timedelta(days=3 * 365)) == {world.b.landlord.pk: 1}
    with pytest.raises(DatabaseError, match="older than a year"), transaction.atomic():
        cut_before(timezone.localdate() - dt.timedelta(days=300))


def test_no_other_scope_cuts_a_journal(world):
    statement = "SELECT * FROM palier_cut_journals(now() - interval '4 years', NULL)"
    for scope in (acting_as(world.admin), acting_as(world.b.lead), system_scope("verification")):
        with pytest.raises(DatabaseError, match="by the retention"), scope, connection.cursor() as cursor:
            cursor.execute(statement)
