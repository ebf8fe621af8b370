"""Breakages of the workshop: its order of the day, what is contested and concluded, and what a lead retains of it."""

from tests.mutants import Mutant

_AGENDA, _SITES = "classification/workshop/agenda.sql", "classification/workshop/sites.sql"
_NEIGHBOURS, _READING = "classification/workshop/neighbours.sql", "classification/workshop/reading.py"
_SERVICES, _MINUTES = "classification/workshop/services.py", "classification/workshop/minutes.py"
_DECISIONS, _SQL = "classification/decisions/reading.py", "classification/policies/0015_workshop.sql"
_TESTS = "tests/classification/workshop"
_DAY, _LEAD = f"{_TESTS}/test_agenda.py", f"{_TESTS}/test_lead.py"
_ACTS, _PAPER = f"{_TESTS}/test_services.py", f"{_TESTS}/test_minutes.py"
_NEAR = f"{_DAY}::test_neighbours_of_two_landlords_that_differ_are_named_up_to_300_m"
_BULK = f"{_LEAD}::test_what_is_contested_is_not_confirmed_in_bulk"
_OWN = "landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) AND "
_COORDINATED = (
    "campaign_id IN (SELECT c.id FROM classification_campaign c"
    " WHERE c.territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[]))"
)
_SHARED = " AND (landlord_id, commune_id) IN (SELECT s.landlord_id, s.commune_id FROM palier_shared() s)"


def _of(name: str, promise: str, file: str, old: str, new: str, test: str, after: str = "") -> Mutant:
    return Mutant(f"workshop:{name}", promise, file, old, new, (test,), after)


MUTANTS = (
    _of(
        "settled-first", "What the meeting has not settled comes first on its order of the day.", _AGENDA,
        "(settled IS NULL)::int AS first", "(settled IS NOT NULL)::int AS first",
        f"{_DAY}::test_contested_sites_come_first_and_the_unsettled_before_the_settled",
    ),
    _of(
        "taken-back-on-the-agenda", "A contest that was taken back is on no order of the day.", _SITES,
        " AND k.withdrawn_at IS NULL", "",
        f"{_DAY}::test_contested_sites_come_first_and_the_unsettled_before_the_settled",
    ),
    _of(
        "risen-as-proposed", "What rose is told by the level that was retained.", _SITES,
        "coalesce(s.retained, s.level) AS shown,", "s.level AS shown,",
        f"{_DAY}::test_a_decided_level_is_what_rises_and_what_is_no_longer_undecided",
    ),
    _of(
        "decided-among-the-undecided", "A decided site is not among those to decide.", _AGENDA,
        "FROM sites WHERE retained IS NULL", "FROM sites WHERE true",
        f"{_DAY}::test_a_decided_level_is_what_rises_and_what_is_no_longer_undecided",
    ),
    _of(
        "risen-and-about-to", "What has risen since the night is not about to rise.", _AGENDA,
        "(g.figures ->> 'level_after')::int > s.level_now", "true",
        f"{_DAY}::test_what_the_night_found_about_to_rise_is_named_with_its_reason_until_it_has_risen",
    ),
    _of(
        "silent-about-to-rise", "A site whose recording stopped is told as that, not as about to rise.", _AGENDA,
        "WHERE NOT s.silent AND", "WHERE", f"{_DAY}::test_a_silent_site_is_on_the_order_of_the_day",
    ),
    _of(
        "neighbours-of-one-landlord", "Neighbours that differ are those of two landlords.", _NEIGHBOURS,
        "a.landlord_id <> b.landlord_id AND ", "", _NEAR,
    ),
    _of(
        "neighbours-in-the-next-cell", "Neighbours on both sides of a line of the grid are found.", _NEIGHBOURS,
        "(VALUES (-1), (0), (1)) dx (x)", "(VALUES (0)) dx (x)", _NEAR,
    ),
    _of(
        "neighbours-too-far", "Sites further than 300 m from each other are no neighbours.", _NEIGHBOURS,
        "WHERE metres <= %(metres)s", "WHERE true", _NEAR,
    ),
    _of(
        "contest-not-asked", "Only a site that the campaign asks about is contested.", _SERVICES,
        ".filter(pk__in=asked)", "",
        f"{_ACTS}::test_a_site_that_the_campaign_does_not_ask_about_yet_cannot_be_contested",
    ),
    _of(
        "settled-once-taken-back", "A contest that was taken back is not settled.", _SERVICES,
        "    if held.withdrawn_at is not None:\n        raise SettledError\n", "",
        f"{_ACTS}::test_what_was_taken_back_cannot_be_settled",
    ),
    _of(
        "taken-back-once-settled", "What the meeting settled is not taken back.", _SERVICES,
        " or held.settlements.exists()", "",
        f"{_ACTS}::test_a_conclusion_is_corrected_and_the_former_one_stays",
    ),
    _of(
        "conclusion-overwritten", "A conclusion that was noted meanwhile is not corrected unread.", _SERVICES,
        "    check_version(version, held, noted(last))\n", "",
        f"{_ACTS}::test_a_conclusion_is_corrected_and_the_former_one_stays",
    ),
    _of(
        "contested-while-closing", "Nothing is contested once the closing is committed.",
        "classification/migrations/0015_workshop.py", "c.state = 'open')", "true)",
        f"{_ACTS}::test_what_is_sent_while_a_closing_commits_is_refused",
        after='name="contest_is_made_while_open"',
    ),
    _of(
        "settled-while-closing", "Nothing is settled once the closing is committed.",
        "classification/migrations/0015_workshop.py", "c.state = 'open')", "true)",
        f"{_ACTS}::test_what_is_sent_while_a_closing_commits_is_refused",
        after='name="settlement_is_made_while_open"',
    ),
    _of(
        "contested-in-bulk", "A contested site is not confirmed in bulk.", _DECISIONS,
        "        | unsettled_among(ids)\n", "", _BULK,
    ),
    _of(
        "recommended-otherwise-in-bulk", "Where another level is recommended none is confirmed in bulk.", _DECISIONS,
        "recommended[site.residence_id].recommended != site.level", "False", _BULK,
    ),
    _of(
        "first-conclusion", "The last conclusion of a meeting is the one that recommends.", _READING,
        '"-settled_at", "-pk"', '"settled_at", "pk"', _BULK,
    ),
    _of(
        "recommended-for-ever", "What a meeting recommends ends with its campaign.", _READING,
        ", campaign__state=CampaignState.OPEN", "",
        f"{_LEAD}::test_a_recommendation_ends_with_its_campaign", after="def recommended_for(",
    ),
    _of(
        "former-recommendation", "A lead retains no recommendation that was corrected since.",
        "classification/workshop/lead_views.py", " or advised.pk != pk", "",
        f"{_LEAD}::test_a_recommendation_that_was_corrected_meanwhile_is_not_retained",
    ),
    _of(
        "minutes-of-two-moments", "Minutes say what was so at one moment.", _MINUTES,
        "if again == said:", "if True:", f"{_PAPER}::test_all_that_they_say_was_so_at_one_moment",
    ),
    _of(
        "minutes-not-journalled", "Each download of minutes is an entry of the journal.",
        "classification/workshop/minutes_views.py", "    write_entry(", "    (lambda *_said, **_detail: None)(",
        f"{_PAPER}::test_they_hold_conclusions_marking_and_reader_and_each_download_is_journalled",
    ),
    _of(
        "minutes-said-to-be-cut", "A list that is whole is not said to be cut.", _READING,
        "len(found) > SHOWN", "len(found) >= SHOWN", f"{_PAPER}::test_a_list_that_is_whole_is_not_said_to_be_cut",
    ),
    _of(
        "contests-of-a-neighbour", "No landlord reads which of another's levels are in doubt.", _SQL, f"({_OWN}", "(",
        f"{_ACTS}::test_both_sides_contest_and_each_sees_its_own_sites_alone", after="CREATE POLICY contest_select ON",
    ),
    _of(
        "contests-past-the-agreement", "What an agreement opened of the workshop ends with it.", _SQL, _SHARED, "",
        f"{_ACTS}::test_what_an_agreement_opened_ends_with_it", after="CREATE POLICY contest_select ON",
    ),
    _of(
        "contested-for-the-landlord", "A coordinator contests nothing in a landlord's name.", _SQL,
        " AND NOT by_landlord)) AND", ")) AND", f"{_ACTS}::test_nobody_contests_for_another_side",
        after="CREATE POLICY contest_insert ON",
    ),
    _of(
        "settled-by-a-lead", "A lead settles nothing by SQL.", _SQL, f"({_COORDINATED}{_SHARED} AND (contest_id", "((contest_id",
        f"{_ACTS}::test_a_lead_settles_nothing", after="CREATE POLICY settlement_insert ON",
    ),
    _of(
        "settled-in-anothers-name", "Who settles is who acts.", _SQL, " AND settled_by_id = (SELECT palier_user())", "",
        f"{_ACTS}::test_nobody_contests_or_settles_in_anothers_name", after="CREATE POLICY settlement_insert ON",
    ),
    _of(
        "contested-in-anothers-name", "Who contests is who acts.", _SQL, " AND made_by_id = (SELECT palier_user())", "",
        f"{_ACTS}::test_nobody_contests_or_settles_in_anothers_name", after="CREATE POLICY contest_insert ON",
    ),
    _of(
        "contests-erased-first", "Conclusions are erased before what they settle.", "classification/workshop/retention.py",
        "order=ORDER - 1", "order=ORDER + 1",
        f"{_TESTS}/test_retention.py::test_both_are_nightly_rules_and_conclusions_go_first",
    ),
)  # fmt: skip
