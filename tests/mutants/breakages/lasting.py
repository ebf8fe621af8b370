"""Breakages of how disruptions and standing observations are corrected and cancelled."""

from tests.mutants import Mutant

_SERVICES = "tests/incidents/test_lasting_services.py"
_IMPORT = "tests/incidents/test_import_ongoing.py"
_CORRECTING, _KNOWING = "incidents/ongoing/correcting.py", "incidents/imports/ongoing/knowing.py"
_SEEN, _CIRCLE = "tests/incidents/test_disruptions_seen.py", "tests/partners/test_unseen_disruptions.py"
_COUNTS_NO_MORE = f"{_SERVICES}::test_a_cancelled_record_counts_no_more_now_and_in_the_past"


def _broken(name: str, promise: str, file: str, old: str, new: str, test: str, *, after: str = "") -> Mutant:
    return Mutant(f"lasting:{name}", promise, file, old, new, (test,), after)


_UPKEEP = "tests/sites/test_upkeep"

MUTANTS = (
    Mutant(
        "places:moved-on-comes-back",
        "Undoing a merge leaves what somebody has moved since where it is.",
        "sites/upkeep/ledger.py",
        'same = held.filter(**row["after"])',
        "same = held",
        (f"{_UPKEEP}_places.py::test_what_moved_on_since_a_merge_stays_where_it_was_put_and_is_counted",),
    ),
    Mutant(
        "places:undone-though-changed",
        "An act on a place that was changed since is not undone.",
        "sites/upkeep/ledger.py",
        "    if changed:\n        raise ChangedSinceError",
        "    if False:\n        raise ChangedSinceError",
        (f"{_UPKEEP}.py::test_what_was_changed_since_is_told_and_not_undone",),
    ),
    Mutant(
        "places:any-agreement-will-do",
        "Another change of level than the one agreed to is asked about again.",
        "sites/upkeep/foreseen.py",
        "request.POST.get(AGREED) == agreement.key",
        "AGREED in request.POST",
        (f"{_UPKEEP}.py::test_closing_asks_before_a_level_changes_then_says_so_and_offers_to_undo",),
    ),
    Mutant(
        "places:closed-is-offered",
        "A closed place is offered no more at entry.",
        "incidents/facts/places.py",
        "Address.objects.open().filter(is_own())",
        "Address.objects.filter(is_own())",
        (f"{_UPKEEP}.py::test_a_closed_place_is_offered_no_more_and_named_in_the_refusal",),
    ),
    Mutant(
        "places:waiting-facts-left-behind",
        "Facts to place follow a merged address.",
        "sites/upkeep/merging.py",
        "for records, column in mentions():",
        "for records, column in ():",
        (f"{_UPKEEP}_places.py::test_a_merged_door_gives_its_facts_its_waiting_facts_and_its_identifiers",),
    ),
    Mutant(
        "places:records-of-another-address",
        "A split takes records of the address that is split alone.",
        "sites/upkeep/moving.py",
        "pk__in=records.get(model, ()), address=held.pk)",
        "pk__in=records.get(model, ()))",
        (f"{_UPKEEP}_places.py::test_records_of_another_address_are_not_split_off",),
    ),
    _broken(
        "cancelled-disruption",
        "A cancelled disruption counts no more.",
        "classification/engine/recorded.sql",
        "WHERE cancelled_at IS NULL AND",
        "WHERE",
        f"{_COUNTS_NO_MORE}[Disruption]",
    ),
    _broken(
        "cancelled-observation",
        "A cancelled observation counts no more.",
        "classification/engine/occurrences.sql",
        "WHERE cancelled_at IS NULL AND since",
        "WHERE since",
        f"{_COUNTS_NO_MORE}[StandingObservation]",
    ),
    _broken(
        "stale-level",
        "The level goes back at once.",
        "incidents/ongoing/holding.py",
        "    records_changed(sorted({residence, subject.residence_id}))",
        "    pass",
        f"{_COUNTS_NO_MORE}[Disruption]",
    ),
    _broken(
        "no-history",
        "A correction keeps the former values.",
        "incidents/migrations/0012_lives_of_lasting_records.py",
        'operation="UPDATE"',
        'operation="UPDATE OF opaque_id"',
        f"{_SERVICES}::test_a_correction_keeps_the_former_values_who_and_when[Disruption]",
        after='INSERT INTO "incidents_disruption_history"',
    ),
    _broken(
        "unsigned",
        "A correction says who made it.",
        "incidents/ongoing/holding.py",
        "    subject.changed_by_id = scope.user_id\n",
        "",
        f"{_SERVICES}::test_a_correction_keeps_the_former_values_who_and_when",
    ),
    _broken(
        "overwritten",
        "A correction undoes nobody's change unread.",
        _CORRECTING,
        "    check_version(version, record, state)\n",
        "",
        f"{_SERVICES}::test_a_correction_of_another_version_or_of_a_cancelled_record_writes_nothing",
    ),
    _broken(
        "of-others",
        "An agent corrects and cancels their own alone.",
        _CORRECTING,
        " and record.created_by_id == scope.user_id",
        "",
        f"{_SERVICES}::test_an_agent_corrects_and_cancels_a_recent_record_of_their_own_alone",
    ),
    _broken(
        "for-ever",
        "An agent corrects and cancels for 30 days.",
        _CORRECTING,
        "return recent and ",
        "return ",
        f"{_SERVICES}::test_an_agent_corrects_and_cancels_a_recent_record_of_their_own_alone",
    ),
    _broken(
        "cancelled-anew",
        "A row of a cancelled record is not recorded anew.",
        _KNOWING,
        "    WHEN i.cancelled_at IS NOT NULL THEN 'cancelled_since'\n",
        "",
        f"{_IMPORT}::test_a_row_of_a_cancelled_record_is_told_and_not_recorded_anew",
    ),
    _broken(
        "corrected-anew",
        "A row of a corrected record is not recorded anew.",
        _KNOWING,
        "_MEANT, _MEANT_FIRST, ",
        "_MEANT, ",
        f"{_IMPORT}::test_a_row_of_a_corrected_record_is_told_and_not_recorded_anew",
    ),
    _broken(
        "unseen-published",
        "No publication carries a level that rests on a disruption no lead has seen.",
        "partners/snapshot.py",
        "engine.levels(version, as_of, ids, seen_only=True)",
        "engine.levels(version, as_of, ids)",
        f"{_CIRCLE}::test_no_publication_rests_on_an_unseen_disruption",
        after="class _Evidence:",
    ),
    _broken(
        "unseen-months",
        "No past month of a publication rests on a disruption no lead has seen.",
        "partners/snapshot.py",
        "engine.residence_marks(version, day, ids, seen_only=True)",
        "engine.residence_marks(version, day, ids)",
        f"{_CIRCLE}::test_no_publication_rests_on_an_unseen_disruption",
    ),
    _broken(
        "unseen-previewed",
        "The preview shows the levels that will be published.",
        "partners/snapshot.py",
        "for place in engine.levels(version, as_of, ids, seen_only=True) if place",
        "for place in engine.levels(version, as_of, ids) if place",
        f"{_CIRCLE}::test_the_coordinator_is_told_how_many_before_and_sees_what_the_circle_will",
    ),
    _broken(
        "unseen-told",
        "A circle reads nothing of a disruption no lead has seen.",
        "classification/residence/snapshot.py",
        '        if row["seen_at"] is None:\n            continue\n',
        "",
        f"{_CIRCLE}::test_a_partner_reads_the_reserve_and_nothing_of_the_disruption",
    ),
    _broken(
        "no-reserve",
        "A site says that a disruption is not counted yet.",
        "partners/snapshot.py",
        "            unseen=residence.pk in self.unseen,\n",
        "",
        f"{_CIRCLE}::test_no_publication_rests_on_an_unseen_disruption",
    ),
    _broken(
        "fall-under-reserve",
        "A fall under reserve is no fall.",
        "partners/publications/evolution.py",
        '    doubted |= Q(ExpressionWrapper(OuterRef("unseen"), BooleanField()))\n',
        "",
        f"{_CIRCLE}::test_a_fall_under_reserve_is_no_fall",
    ),
    _broken(
        "seen-for-ever",
        "What an agent corrects is to be seen again.",
        _CORRECTING,
        ', **seen_mark(scope, values["landlord_id"])}',
        "}",
        f"{_SEEN}::test_what_an_agent_corrects_is_to_be_seen_again_and_what_the_lead_corrects_is_seen",
    ),
    _broken(
        "seen-by-anybody",
        "The lead of the landlord alone marks a disruption as seen.",
        "incidents/ongoing/seeing.py",
        "pk__in=disruptions, landlord__in=leads",
        "pk__in=disruptions",
        f"{_SEEN}::test_nobody_marks_what_they_do_not_lead",
    ),
    _broken(
        "seen-unsaid",
        "Marking a disruption as seen is an entry of the journal.",
        "incidents/ongoing/seeing.py",
        "        write_entry(",
        "        (lambda *_said, **_detail: None)(",
        f"{_SEEN}::test_each_mark_is_an_entry_of_the_journal_and_a_second_one_is_none",
        after="def mark_seen(",
    ),
)
