"""Breakages of the chain of the journal: what somebody could do to an entry without anybody noticing."""

from tests.mutants import Mutant

_WRITTEN = "accounts/policies/0020_journal_chain.sql"
_READ = "accounts/journal/chain.py"
_KEPT = "accounts/journal/checkpoints.py"
_ELSEWHERE = "deploy/verify_journal.py"
_TRIED = "tests/accounts/test_chain.py"


def _chain(name: str, promise: str, file: str, old: str, new: str, *tests: str, after: str = "") -> Mutant:
    return Mutant(
        f"chain:{name}",
        promise,
        file,
        old,
        new,
        tuple(f"{_TRIED}::{test}" for test in tests) or (_TRIED,),
        after,
    )


MUTANTS = (
    _chain(
        "moment-of-the-writer", "The database sets the moment of an entry.", _WRITTEN, "    NEW.at := clock_timestamp();\n", "",
        "test_the_database_sets_the_moment_and_the_names",
    ),
    _chain(
        "name-of-the-writer", "The database writes the names of whoever acts.", _WRITTEN,
        "    NEW.acting_name := coalesce(", "    NEW.acting_name := coalesce(NEW.acting_name, ",
        "test_the_database_sets_the_moment_and_the_names",
    ),
    _chain(
        "one-moment-read", "An entry is refused where what others commit is not seen.", _WRITTEN,
        "NOT IN ('read committed', 'read uncommitted')", "NOT IN ('read committed', 'read uncommitted', 'repeatable read')",
        "test_an_entry_is_refused_where_what_others_commit_is_not_seen",
    ),
    _chain(
        "entry-changed-by-the-owner", "Nobody changes an entry, the owner of the table either.", _WRITTEN,
        "BEFORE UPDATE OR DELETE ON accounts_auditentry FOR EACH ROW", "BEFORE DELETE ON accounts_auditentry FOR EACH ROW",
        "test_the_owner_of_the_tables_can_only_append_too",
    ),
    _chain(
        "journal-emptied-by-the-owner", "Nobody empties the journal, the owner of the table either.", _WRITTEN,
        "CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON accounts_auditentry",
        "CREATE TRIGGER append_only_twice BEFORE TRUNCATE ON accounts_auditlink",
        "test_the_owner_of_the_tables_can_only_append_too",
    ),
    _chain(
        "link-made-twice", "A link that was made does not change.", _WRITTEN, "FOR EACH ROW WHEN (OLD.number IS NOT NULL)",
        "FOR EACH ROW WHEN (OLD.number IS NULL AND NEW.number IS NULL)", "test_the_owner_of_the_tables_can_only_append_too",
    ),
    _chain(
        "linked-without-a-lock", "Those who write at once in one journal leave a chain that holds.", _WRITTEN,
        "            PERFORM pg_advisory_xact_lock(hashtextextended('journal ' || held, 0));\n", "",
        "test_many_who_write_at_once_in_journals_they_share_leave_chains_that_hold",
    ),
    _chain(
        "locked-when-written", "Whoever has written and not committed holds nobody up.", _WRITTEN,
        "    NEW.at := clock_timestamp();\n",
        "    NEW.at := clock_timestamp();\n    PERFORM pg_advisory_xact_lock(coalesce(NEW.organisation_id, 0));\n",
        "test_whoever_has_written_and_not_committed_holds_nobody_up",
    ),
    _chain(
        "cut-by-anybody", "The retention alone erases entries.", _WRITTEN,
        "NOT palier_is_system('retention') OR before", "before", "test_no_other_scope_cuts_a_journal",
    ),
    _chain(
        "cut-of-this-year", "Nothing of the last year is erased.", _WRITTEN, "interval '1 year' THEN", "interval '1 day' THEN",
        "test_nothing_of_the_last_year_is_cut_and_the_last_entry_stays",
    ),
    _chain(
        "cut-without-an-entry", "What the retention erased of a journal is told by an entry.", _WRITTEN,
        "'through', through, 'digest', encode(seal, 'hex')", "'digest', encode(seal, 'hex')",
        "test_what_retention_cuts_off_leaves_an_entry_and_a_chain_that_holds",
    ),
    _chain(
        "gap", "A link that is gone is found.", _READ, "l.number <> l.number_before + 1 THEN 'gap'", "false THEN 'gap'",
        "test_both_verifiers_name_the_first_broken_link",
    ),
    _chain(
        "missing", "An entry that is gone is found.", _READ, "        WHEN e.id IS NULL THEN 'missing'\n", "",
        "test_both_verifiers_name_the_first_broken_link",
    ),
    _chain(
        "other-journal", "An entry that was moved to another journal is found.", _READ,
        "        WHEN coalesce(e.organisation_id, 0) <> l.journal THEN 'journal'\n", "",
        "test_an_entry_moved_to_another_journal_is_found",
    ),
    _chain(
        "rest", "A link that rests on another digest is found.", _READ, "AND l.previous <> l.digest_before THEN 'link'",
        "AND false THEN 'link'", "test_both_verifiers_name_the_first_broken_link",
    ),
    _chain(
        "changed", "An entry that was changed is found.", _READ, "WHEN l.digest <> sha256(", "WHEN l.digest IS NULL AND '' <> sha256(",
        "test_both_verifiers_name_the_first_broken_link",
    ),
    _chain(
        "order", "A link that claims to be older than the one before is found.", _READ,
        "        WHEN l.sealed_at < l.moment_before THEN 'order'\n", "",
        "test_a_link_that_claims_to_be_older_than_the_one_before_is_found",
    ),
    _chain(
        "backdated", "An entry that bears an earlier day is found.", _READ, '_LONGEST = "1 day"', '_LONGEST = "1000 days"',
        "test_an_entry_that_bears_an_earlier_day_is_found",
    ),
    _chain(
        "beginning", "A journal that begins later without a word is found.", _READ,
        "if first != 1 and not _was_cut(head.journal, first):", "if first < 1:",
        "test_both_verifiers_name_the_first_broken_link",
    ),
    _chain(
        "unlinked", "An entry written past the chain is found.", _READ, "[*_unlinked(), *_cut_off(known, heads)]",
        "[*_cut_off(known, heads)]", "test_both_verifiers_name_the_first_broken_link",
    ),
    _chain(
        "tail", "A tail that was cut off shows by a head written down before.", _READ, "ELSE known.number >= coalesce(first.number, 0) END",
        "ELSE false END", "test_a_tail_that_is_cut_off_shows_by_a_head_written_down_before",
    ),
    _chain(
        "computed-anew", "A chain that was computed anew shows by a head written down before.", _READ,
        "WHERE CASE WHEN l.digest IS NOT NULL THEN encode(l.digest, 'hex') <> known.digest",
        "WHERE CASE WHEN l.digest IS NOT NULL THEN false",
        "test_a_chain_that_is_computed_anew_shows_by_a_head_written_down_before",
    ),
    _chain(
        "batches-without-overlap", "Batches of links overlap by one.", _READ, "BETWEEN %(low)s - 1 AND %(high)s",
        "BETWEEN %(low)s AND %(high)s", "test_batches_of_any_size_find_the_same",
    ),
    _chain(
        "last-night-forgotten", "What the database kept of the last night is compared.", _KEPT,
        "found = verify(heads_kept())", "found = verify()",
        "test_what_the_database_kept_of_the_last_night_shows_it_without_the_file",
    ),
    _chain(
        "checkpoint-changed", "A checkpoint that was changed is found.", _KEPT,
        'if told["digest"] != _seal(told["previous"], told["heads"]) or before not in {None, told["previous"]}:',
        'if before not in {None, told["previous"]}:', "test_a_checkpoint_that_was_changed_is_found",
    ),
    _chain(
        "checkpoint-left-out", "A checkpoint that was left out is found.", _KEPT,
        'told["heads"]) or before not in {None, told["previous"]}:', 'told["heads"]):',
        "test_a_checkpoint_that_was_changed_is_found",
    ),
    _chain(
        "elsewhere-numbers", "The second verifier counts.", _ELSEWHERE, 'entry["number"] == self.last["number"] + 1, entry,', "True, entry,",
        "test_a_link_with_the_right_digest_at_a_wrong_place_is_found",
    ),
    _chain(
        "elsewhere-rest", "The second verifier looks on what a link rests.", _ELSEWHERE,
        'self._must(entry["previous"] == self.last["digest"], entry,', "self._must(True, entry,",
        "test_a_link_with_the_right_digest_at_a_wrong_place_is_found",
    ),
    _chain(
        "elsewhere-digest", "The second verifier computes each digest.", _ELSEWHERE, 'entry["digest"] == digest_of(entry), entry,',
        "True, entry,", "test_both_verifiers_name_the_first_broken_link",
    ),
    _chain(
        "elsewhere-moment", "The second verifier compares the days.", _ELSEWHERE, "dt.timedelta() <= late <= LONGEST_TRANSACTION, entry,",
        "True, entry,", "test_an_entry_that_bears_an_earlier_day_is_found",
    ),
    _chain(
        "elsewhere-end", "The second verifier looks with what a journal ends.", _ELSEWHERE, "if not journal.ended:", "if False:",
        "test_an_export_that_was_cut_off_is_no_whole_journal",
    ),
    _chain(
        "elsewhere-heads", "The second verifier compares with the checkpoints.", _ELSEWHERE,
        "            journals[journal].meet(entry, digest)\n", "            pass\n",
        "test_a_file_of_checkpoints_shows_a_tail_that_is_cut_off",
    ),
    _chain(
        "elsewhere-wanted", "The second verifier keeps the digests that the checkpoints tell.", _ELSEWHERE,
        'if entry["number"] in self.wanted:', 'if entry["number"] not in self.wanted:',
        "test_a_file_of_checkpoints_shows_a_tail_that_is_cut_off",
    ),
)  # fmt: skip
