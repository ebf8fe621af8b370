"""Breakages of decisions: taken back, taken on a page that shows another state, about many records at once."""

from tests.mutants import Mutant


def _decision(name: str, promise: str, file: str, old: str, new: str, *tests: str, after: str = "") -> Mutant:
    return Mutant(f"decisions:{name}", promise, file, old, new, tests, after)


_UNPLACED, _QUEUE = "incidents/unplaced/services.py", "tests/incidents/test_unplaced.py"
_STALE = "tests/test_stale_forms.py::test_a_decision_on_a_page_from_before_a_change_writes_nothing_and_shows_what_changed"
_BULK, _BULK_TESTS = "incidents/bulk/services.py", "tests/incidents/test_bulk.py"
_REPLIES, _REPLY_TESTS = "incidents/facts/replies.py", "tests/classification/test_my_facts.py"
_PLACING, _PLACING_TESTS = "sites/geocoding/placing.py", "tests/sites/test_placing.py"
_SUBTYPES, _ON_FACTS = "incidents/nomenclature/offered.py", "tests/incidents/test_subtypes_on_facts.py"
_SHARING, _ASSIGNED = "sites/sharing/services.py", "tests/sites/test_assignments.py"
_WITHDRAWN = "tests/partners/test_withdrawals.py"

MUTANTS = (
    _decision(
        "discard-forgotten", "How a fact was discarded is kept once that is taken back.", _UNPLACED,
        '    held.discard_reason = ""\n', '    held.discard_reason, held.former_discards = "", []\n',
        f"{_QUEUE}::test_a_discarding_can_be_taken_back_at_once_with_its_history_and_journal",
    ),
    _decision(
        "discard-twice", "A discarded fact that a later file brought again is not placed beside it.", _UNPLACED,
        "    if _brought_again(held):\n", "    if False:\n",
        f"{_QUEUE}::test_a_discarded_fact_that_a_later_file_brought_again_stays_discarded",
    ),
    _decision(
        "discard-unwritten", "The taking back of a discarding is in the journal.", _UNPLACED,
        "    write_entry(scope, AuditAction.UPDATE, held, organisation_id=held.landlord_id, taken_back=True)\n", "",
        f"{_QUEUE}::test_a_discarding_can_be_taken_back_at_once_with_its_history_and_journal",
    ),
    _decision(
        "fact-cancelled-unread", "A fact that changed meanwhile is not cancelled unread.", "incidents/facts/services.py",
        "    if version is not None:\n        check_version(version, incident, state_of(incident))\n", "",
        f"{_STALE}[cancel]",
    ),
    _decision(
        "record-cancelled-unread", "A disruption or an observation that changed meanwhile is not cancelled unread.",
        "incidents/ongoing/correcting.py",
        "    if version is not None:\n        check_version(version, record, state_of(record))\n", "",
        f"{_STALE}[cancel_disruption]",
    ),
    _decision(
        "confirmed-unread", "An observation that changed meanwhile is not confirmed unread.",
        "incidents/ongoing/services.py", "    check_shown(observation, version)\n", "",
        f"{_STALE}[confirm_observation]",
    ),
    _decision(
        "reread-unread", "A disruption that changed meanwhile is not read again unread.",
        "incidents/ongoing/services.py", "    check_shown(disruption, version)\n", "", f"{_STALE}[reread_disruption]",
    ),
    _decision(
        "seen-unread", "A disruption that changed meanwhile is not marked as seen.", "incidents/ongoing/seeing.py",
        "        raise OutdatedError(stale)\n", "        pass\n", f"{_STALE}[see_disruptions]",
    ),
    _decision(
        "notice-unread", "Who was told of a withdrawal takes note of what the page said alone.",
        "partners/withdrawals/telling.py", "        check_version(version, notice, state_of(notice))\n", "        pass\n",
        "tests/test_stale_forms.py::test_who_was_told_of_a_withdrawal_takes_note_of_what_the_page_said_alone",
    ),
    _decision(
        "mapping-named-back", "A mapping that was renamed meanwhile is not named back.",
        "sites/imports/mapping/services.py", "    check_version(version, mapping, state_of(mapping))\n", "",
        "tests/test_stale_forms.py::test_a_stale_form_writes_nothing_and_shows_both[sites:import_mapping]",
    ),
    _decision(
        "shared-words-lost", "A word that is shared meanwhile is not taken out unread.",
        "sites/imports/mapping/sharing.py", "    check_version(version, shared, state_of(shared))\n", "",
        "tests/sites/test_shared_mappings.py::test_a_word_that_the_lead_shares_meanwhile_is_not_taken_out_unread",
    ),
    _decision(
        "leads-word-undone", "Only a lead takes back what a lead cancelled.", "incidents/facts/services.py",
        "        return not leads.filter(user=record.changed_by_id).exists() and record.changed_by_id is not None\n",
        "        return True\n",
        "tests/incidents/test_facts_entry.py::test_an_agent_does_not_take_back_what_a_lead_cancelled",
    ),
    _decision(
        "leads-word-undone-on-lasting", "Only a lead takes back what a lead cancelled of what lasts.",
        "incidents/ongoing/correcting.py", "    if not may_restore(scope, record):\n", "    if False:\n",
        "tests/incidents/test_lasting_pages.py::test_an_agent_does_not_take_back_a_leads_cancellation_of_what_they_entered",
    ),
    _decision(
        "silence-unsaid", "A change that only silences a site is announced.", "classification/engine/services.py",
        '"residence_id", "address_id", "mark")', '"residence_id", "address_id", "level")',
        "tests/incidents/test_foreseen.py::"
        "test_a_change_that_only_silences_a_site_or_ends_the_silence_is_announced_before_and_after",
    ),
    _decision(
        "end-overwritten", "An end that a colleague gave meanwhile stays until the person decides.",
        "incidents/ongoing/holding.py", "        check_version(version, held, end_of(held))\n", "        pass\n",
        "tests/incidents/test_lasting_pages.py::test_an_end_that_a_colleague_gave_meanwhile_is_shown_beside_ones_own",
    ),
    _decision(
        "bulk-undoes-later", "What changed since a bulk act stays at its undoing.", _BULK,
        "[fact for fact in held if fact.changed_at == act.made_at]", "held",
        f"{_BULK_TESTS}::test_what_changed_since_stays_at_the_undoing_and_is_told",
    ),
    _decision(
        "bulk-unwritten", "Each fact that a bulk act changes is in the journal.", _BULK,
        "    _enter(scope, act, chosen, AuditAction.CANCEL if asked.act == Act.CANCEL else AuditAction.UPDATE)\n", "",
        f"{_BULK_TESTS}::test_an_act_is_shown_first_then_done_and_undone_as_one",
    ),
    _decision(
        "bulk-unseen-change", "What changes between the preview of a bulk act and the word is shown anew.", _BULK,
        "    seal = _seal(held, [asked.act, asked.reason, repr(asked.place), repr(asked.fact_type)])\n",
        '    seal = "x"\n',
        f"{_BULK_TESTS}::test_what_changes_between_the_preview_and_the_word_is_shown_anew",
        f"{_BULK_TESTS}::test_another_act_than_the_one_shown_is_not_done",
    ),
    _decision(
        "reply-unwritten", "The answer to a fact is in the journal.", _REPLIES,
        "    _enter(scope, AuditAction.UPDATE if answer else AuditAction.CANCEL, incident)\n", "",
        f"{_REPLY_TESTS}::test_the_answer_and_its_taking_back_are_in_the_journal",
    ),
    _decision(
        "reply-overwritten", "An answer that a colleague gave meanwhile is not overwritten.", _REPLIES,
        "    check_version(version, reply, state_of(reply))\n", "",
        "tests/test_undoable.py::test_a_stale_correction_is_answered_409_and_writes_nothing[incidents.FactReply]",
    ),
    _decision(
        "communes-undone-later", "The communes of a territory are taken back only while nobody changed them since.",
        _SHARING, "        check_version(version, territory, state_of_territory(territory))\n", "",
        "tests/sites/test_territory_communes.py::test_what_a_territory_gained_is_listed_and_taken_back_at_once",
    ),
    _decision(
        "residences-undone-later", "Residences of an agent are taken back only while nobody changed them since.",
        _SHARING, "    check_version(version, held, state_of_assignments(held))\n", "",
        f"{_ASSIGNED}::test_a_change_on_a_page_from_before_another_is_not_taken_back",
    ),
    _decision(
        "residences-closed-given", "A residence that was closed since is not given to an agent again.", _SHARING,
        "Residence.objects.open().filter(", "Residence.objects.filter(",
        f"{_ASSIGNED}::test_what_was_closed_since_is_not_given_again_and_without_a_change_nothing_is_undone",
    ),
    _decision(
        "residences-of-another", "The page of an agent's residences tells of that agent alone.", "sites/sharing/assigned.py",
        "        object_id=str(membership.pk),\n", "",
        f"{_ASSIGNED}::test_the_history_of_another_agent_is_not_told",
    ),
    _decision(
        "position-lost", "The undoing of a placement leaves addresses that were moved again since.", _PLACING,
        "        for address in rows\n        if (address.longitude, address.latitude)\n"
        "        == (changes[address.pk].to_longitude, changes[address.pk].to_latitude)\n",
        "        for address in rows\n",
        f"{_PLACING_TESTS}::test_an_undone_placement_gives_positions_back_but_not_where_somebody_has_been_since",
    ),
    _decision(
        "positions-of-no-placement", "The positions of a placement are taken back as one.", _PLACING,
        "PlacementWay.FILE if filename else PlacementWay.PASTED, placement)",
        "PlacementWay.FILE if filename else PlacementWay.PASTED)",
        f"{_PLACING_TESTS}::test_an_undone_placement_gives_positions_back_but_not_where_somebody_has_been_since",
    ),
    _decision(
        "subtype-everywhere", "The sub-types of a territory are seen by nobody outside it.",
        "incidents/policies/0021_subtypes_at_own_places.sql", "OR territory_id IN (", "OR true OR territory_id IN (",
        f"{_ON_FACTS}::test_whoever_records_in_the_territory_and_its_circle_see_it_and_nobody_else",
    ),
    _decision(
        "subtype-of-elsewhere", "A sub-type is that of a territory of the place.", _SUBTYPES,
        "    if wanted.territory_id in _territories(commune_id):\n", "    if True:\n",
        f"{_ON_FACTS}::test_one_of_another_type_or_of_a_territory_elsewhere_is_refused",
        f"{_ON_FACTS}::test_of_two_territories_with_the_same_name_the_one_of_the_place_is_taken",
    ),
    _decision(
        "subtype-of-another-type", "A sub-type goes with the type it is attached to.", "incidents/facts/forms.py",
        "        if subtype.fact_type_id != fact_type.pk:\n", "        if False:\n",
        f"{_ON_FACTS}::test_one_of_another_type_or_of_a_territory_elsewhere_is_refused",
    ),
    _decision(
        "subtype-out-of-sight-lost", "A correction keeps a sub-type that its author does not see.",
        "incidents/facts/services.py", '        del values["subtype"]\n', "        pass\n",
        f"{_ON_FACTS}::test_a_fact_whose_sub_type_is_out_of_sight_is_shown_by_its_type_and_keeps_it",
    ),
    _decision(
        "subtype-of-a-file", "A file's sub-type is that of the place's territory.", "incidents/imports/run.py",
        " AND tc.commune_id = s.commune_id", "",
        f"{_ON_FACTS}::test_a_word_that_is_no_sub_type_of_the_place_is_left_out_of_the_fact",
    ),
    _decision(
        "subtype-renamed-unread", "A file names a sub-type by a former name too.", "incidents/imports/types.py",
        "for name in (row.label, *(former for former, _day in row.former_labels)):", "for name in (row.label,):",
        f"{_ON_FACTS}::test_a_file_names_it_by_its_name_or_a_former_one",
    ),
    _decision(
        "subtype-ended-offered", "A sub-type that has ended is offered no more.", _SUBTYPES,
        "Q(ended_at=None) | Q(pk=kept.pk if kept else None)", "Q()",
        f"{_ON_FACTS}::test_a_correction_changes_it_takes_it_away_and_keeps_one_that_has_ended",
    ),
    _decision(
        "reason-forgotten", "A reason that is corrected stays in the history.", "partners/withdrawals/services.py",
        "        found.former_reasons.append([found.reason, timezone.now().isoformat(), scope.user_id])\n", "",
        f"{_WITHDRAWN}::test_a_reason_that_is_corrected_stays_in_the_history_for_its_coordinators_alone",
    ),
    _decision(
        "restored-in-silence", "Members are mailed that what they had read was restored.",
        "partners/withdrawals/telling.py", "    told.update(seen_at=None, mailed_at=None)\n    _mail(withdrawal, told, site_url)\n",
        "    told.update(seen_at=None, mailed_at=None)\n",
        f"{_WITHDRAWN}::test_an_email_says_once_more_that_it_was_restored",
    ),
    _decision(
        "withdrawn-unmarked", "Each page of a withdrawn note says when and why it was.", "partners/notes/views.py",
        "withdrawn=(withdrawal.withdrawn_at, withdrawal.reason) if withdrawal else None", "withdrawn=None",
        "tests/partners/test_withdrawn_notes.py::test_each_page_of_a_withdrawn_note_says_when_and_why_it_was",
    ),
    _decision(
        "risen-from-silence", "The former level of a site that resumed is that before the silence.",
        "partners/publications/evolution.py", "    then = Cast(_HEARD, IntegerField())\n", '    then = Cast(F("level"), IntegerField())\n',
        "tests/partners/test_stopped_recording.py::test_the_former_level_of_a_site_that_resumed_is_that_before_the_silence",
    ),
)  # fmt: skip
