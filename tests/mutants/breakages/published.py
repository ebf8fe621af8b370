"""Breakages of publications out of campaigns, and of where a campaign stands."""

from tests.mutants import Mutant

_ASSESSED, _CLOSINGS = "partners/assessed.py", "partners/closings.py"
_FREEZING, _TASKS = "partners/publications/freezing.py", "partners/publications/tasks.py"
_STANDING, _CAMPAIGNS = "classification/campaigns/standing.py", "partners/publications/campaigns.py"
_GIVEN, _STANDS = "tests/partners/test_campaigns_published.py", "tests/partners/test_campaign_standing.py"


def _of(name: str, promise: str, file: str, old: str, new: str, test: str) -> Mutant:
    return Mutant(f"published:{name}", promise, file, old, new, (test,))


MUTANTS = (
    _of(
        "worked-out", "A publication out of a campaign copies what was closed.", _TASKS,
        "    if asked.closing:\n", "    if asked.closing and not asked.closing:\n",
        f"{_GIVEN}::test_the_worker_publishes_what_was_asked_for",
    ),
    _of(
        "moved-out-of-reach", "A residence that lies out of the territory's reach today is not given.", _ASSESSED,
        ".filter(residence__in=shared_residences(closing.territory))", "",
        f"{_GIVEN}::test_a_residence_that_moved_to_where_another_territory_alone_reaches_is_not_given",
    ),
    _of(
        "awaited-for-ever", "What nobody decided is said not to be validated when the campaign was closed.", _ASSESSED,
        "if row.decided_on is None and closing.read_at else None", "if closing.read_at is None else None",
        f"{_GIVEN}::test_what_nobody_decided_says_that_its_campaign_was_closed_without",
    ),
    _of(
        "any-month", "The months of a site are the last twelve.", _ASSESSED,
        "as_of__gte=first, ", "",
        f"{_GIVEN}::test_the_twelve_months_are_those_of_campaigns_that_the_circle_was_given",
    ),
    _of(
        "days-of-others", "A circle is told of no campaign that it was not given.", _ASSESSED,
        "circle=circle, withdrawn_at=None, ", "withdrawn_at=None, ",
        f"{_GIVEN}::test_a_circle_is_not_told_of_campaigns_that_it_was_not_given",
    ),
    _of(
        "counts-of-some", "Counts of some landlords are not given beside those of all.", "partners/publications/coarse.py",
        " or holds_all_shared(closing)", " or closing.pk",
        "tests/partners/test_campaigns_refused.py::test_counts_of_some_landlords_are_not_given_beside_those_of_all",
    ),
    _of(
        "to-what-ended", "Nobody is sent to publish to a circle that ended.", _CAMPAIGNS,
        ", circle__in=Circle.objects.live()", "",
        "tests/partners/test_campaigns_refused.py::test_nobody_is_sent_to_publish_to_a_circle_that_ended",
    ),
    _of(
        "out-of-nothing", "No publication is made of a campaign of which nothing can be given.", _FREEZING,
        "    if not state.shares:\n", "    if state.shares is None:\n",
        f"{_GIVEN}::test_a_publication_out_of_nothing_is_not_made",
    ),
    _of(
        "superseded-meanwhile", "A version that was superseded while the job read is not published.", _FREEZING,
        "                check_counts_still(state.closing)\n", "                pass\n",
        f"{_GIVEN}::test_a_version_that_another_makes_while_the_worker_reads_stops_it",
    ),
    _of(
        "while-being-closed", "Nothing is published while a further version is on its way.", _CLOSINGS,
        "        raise BeingClosedError\n", "        return\n",
        f"{_GIVEN}::test_a_version_that_waits_stops_it",
    ),
    _of(
        "not-what-was-shown", "What a coordinator was shown is what is asked for.", "partners/publications/forms.py",
        "return all(self.cleaned_data[name] == value for name, value in shown.items())", "return True",
        f"{_GIVEN}::test_a_version_made_since_the_preview_is_read_again_first",
    ),
    _of(
        "worked-out-in-its-place", "A publication out of a campaign is replaced by what the campaign says.",
        "partners/publications/request_views.py", "    if found.closing is not None:\n", "    if found.closing is ...:\n",
        f"{_GIVEN}::test_a_further_version_is_told_and_published_in_its_place",
    ),
    _of(
        "drift-since-the-publication", "What changed since a campaign was read is looked at.",
        "partners/publications/drift.py", "else closing.read_at", "else publication.published_at",
        f"{_GIVEN}::test_what_was_corrected_since_the_closing_is_told_with_where_to_take_it_in",
    ),
    _of(
        "another-name", "The database holds what a publication says of its campaign.",
        "partners/migrations/0028_campaigns_published.py", " AND k.name = NEW.campaign_name", "",
        f"{_GIVEN}::test_the_database_holds_what_a_publication_says_of_its_campaign",
    ),
    _of(
        "any-version", "A campaign is published once its last version is.", _STANDING,
        "~Exists(further), ", "", f"{_STANDS}::test_a_further_version_is_published_only_once_it_is",
    ),
    _of(
        "withdrawn-counts", "A publication that was withdrawn publishes nothing.", _CAMPAIGNS,
        "closing=closing, withdrawn_at=None", "closing=closing", f"{_STANDS}::test_each_way_a_campaign_can_stand",
    ),
    _of(
        "superseded-from-elsewhere", "A campaign is superseded by one of its own territory.", _STANDING,
        '        territory=OuterRef("territory"),\n', "", f"{_STANDS}::test_another_territory_supersedes_nothing",
    ),
)  # fmt: skip
