"""Declare who reads and writes levels, findings, decisions, campaigns, workshops, what to watch, and the grids of territories."""

from accounts.perimeter import leads
from core.perimeter import (
    Perimeter,
    Policy,
    Predicate,
    add_policies,
    among,
    person,
    somebody,
    system,
    visible,
    where,
    within,
)
from sites.perimeter import coordinates, seen, shared

GRID_VERSION = Perimeter(
    "gridversion",
    select=where("true", "always"),
    insert=(coordinates() & where("NOT is_default", "it is not the default one")) | system("seeding"),
    update=system("seeding"),
    delete=system("seeding"),
)

# Which grid counts for a territory is no secret to people who log in. What is proposed is its own people's.
_IN_TERRITORY = among(
    "territory_id",
    "palier.landlord_territories",
    "a landlord they lead has a live agreement with `territory_id`",
)
_PROPOSED = where(
    "state = 'proposed' AND starts_on >= (SELECT palier_today())",
    "it is proposed for a day that has not passed",
)
GRID_ADOPTION = Perimeter(
    "gridadoption",
    select=(somebody() & where("state = 'adopted'", "it is adopted"))
    | coordinates()
    | _IN_TERRITORY
    | system("evaluation", "seeding"),
    insert=(coordinates() & _PROPOSED) | system("seeding"),
    # A trigger (0013_grid_governance.sql) says how far.
    update=coordinates() | system("evaluation", "seeding"),
    delete=system("seeding"),
)


# What becomes of a proposal is told in the journals of all landlords that share with its territory, whoever answers last.
for _table, _name in (("sites_sharingagreement", "agreement"), ("sites_agreementterms", "terms")):
    add_policies(_table, Policy(f"{_name}_select_evaluation", "SELECT", system("evaluation")))


def _of_adoption(condition: str, says: str) -> Predicate:
    return where(
        "adoption_id IN (SELECT a.id FROM classification_gridadoption a"
        f" WHERE a.territory_id = classification_adoptionstep.territory_id AND {condition})",
        says,
    )


_COORDINATORS = (
    where("(kind = 'proposed' OR kind = 'withdrawn')", "it proposes or withdraws")
    & coordinates()
    & among("organisation_id", "palier.coordinator_of", "they coordinate for `organisation_id`")
    & _of_adoption("true", "its adoption is one of `territory_id`")
)
_ANSWERS = (
    where("(kind = 'accepted' OR kind = 'refused')", "it answers")
    & leads()
    & where(
        "(organisation_id, territory_id) IN (SELECT f.landlord_id, f.territory_id FROM palier_agreements_in_force() f)",
        "`organisation_id` has a live agreement with `territory_id`",
    )
    & _of_adoption(
        "a.state = 'proposed' AND a.starts_on >= (SELECT palier_today())",
        "its adoption is one of `territory_id`, proposed for a day that has not passed",
    )
)
ADOPTION_STEP = Perimeter(
    "adoptionstep",
    select=coordinates() | _IN_TERRITORY | leads() | system("evaluation", "seeding"),
    insert=(person("by_id") & (_COORDINATORS | _ANSWERS)) | system("seeding"),
)

SITE_LEVEL = Perimeter(
    "sitelevel", select=system("evaluation", "seeding") | seen(), write=system("evaluation")
)

PAST_LEVEL = Perimeter(
    "pastlevel", select=system("evaluation", "seeding") | seen(), write=system("evaluation")
)

# Agents are not shown it: it is about whole landlords and territories.
MONTH_LEVEL = Perimeter(
    "monthlevel",
    select=system("evaluation", "seeding") | leads("landlord_id") | shared(),
    write=system("evaluation"),
)

RECORD_CHANGE = Perimeter(
    "recordchange", select=system("evaluation", "seeding") | seen(), write=system("evaluation")
)

FINDING = Perimeter("finding", select=system("evaluation", "seeding") | seen(), write=system("evaluation"))

# The shortest term that there may be; the job of retention goes by the longer ones of each territory.
_ENDED_THREE_YEARS_AGO = where(
    "ended_on < (SELECT palier_today()) - interval '36 months'", "it ended more than three years ago"
)
_BY_ONESELF = person("decided_by_id")
_ENDS_BY_ONESELF = where(
    "(ended_on IS NULL OR ended_by_id = (SELECT palier_user()))", "it stands, or the person ends it"
)
# The evaluation ends those whose level changed; an import that is undone leaves residences about which somebody decided.
DECISION = Perimeter(
    "decision",
    select=system("evaluation", "stock_import", "seeding") | seen(),
    insert=leads("landlord_id") & _BY_ONESELF | system("seeding"),
    update=leads("landlord_id") & _ENDS_BY_ONESELF | system("evaluation", "seeding"),
    delete=system("retention") & _ENDED_THREE_YEARS_AGO,
    also=(Policy("decision_select_retention", "SELECT", system("retention")),),
)

# A lead sees a campaign once it is open, while something of a landlord of theirs is shared with its territory.
_ASKED = (
    where("state <> 'draft'", "it was opened")
    & where("landlords && (SELECT palier_ids('palier.lead_of'))::bigint[]", "they lead one of `landlords`")
    & among(
        "territory_id",
        "palier.landlord_territories",
        "a landlord they lead has a live agreement with `territory_id`",
    )
)
CAMPAIGN = Perimeter(
    "campaign",
    select=coordinates() | _ASKED | system("evaluation", "seeding"),
    write=coordinates() | system("seeding"),
)

_SEES_CAMPAIGN = visible("campaign_id", "c.id", "classification_campaign c", "its campaign")
# Also of the campaign itself: nobody adds a version to another territory's.
_OF_ITS_CAMPAIGN = coordinates() & within(
    "campaign_id", "c.id", "classification_campaign c", coordinates("c.territory_id")
)
CLOSING = Perimeter(
    "closing",
    select=coordinates()
    | (_SEES_CAMPAIGN & where("state = 'done'", "it is done"))
    | system("jobs", "evaluation", "seeding"),
    insert=_OF_ITS_CAMPAIGN | system("seeding"),
    update=_OF_ITS_CAMPAIGN | system("jobs", "seeding"),
    delete=coordinates() | system("seeding"),
)

CAMPAIGN_SITE = Perimeter(
    "campaignsite",
    select=(
        within("campaign_id", "c.id", "classification_campaign c", coordinates("c.territory_id")) & shared()
    )
    | (leads("landlord_id") & _SEES_CAMPAIGN)
    | system("evaluation", "seeding"),
    write=system("evaluation"),
)

_OF_TERM = where(
    "as_of < (SELECT palier_today()) - interval '36 months'", "its day is more than three years ago"
)
_WHILE_CLOSING = within(
    "closing_id", "c.id", "classification_closing c", where("c.state <> 'done'", "it is not done")
)
ASSESSMENT = Perimeter(
    "assessment",
    select=(
        within("closing_id", "c.id", "classification_closing c", coordinates("c.territory_id")) & shared()
    )
    | (leads("landlord_id") & visible("closing_id", "c.id", "classification_closing c", "its closing"))
    | system("evaluation", "seeding"),
    insert=system("evaluation") & _WHILE_CLOSING,
    delete=system("retention") & _OF_TERM,
    also=(Policy("assessment_select_retention", "SELECT", system("retention")),),
)

# A site contested in a campaign is its landlord's and the coordinator's matter: a list of what others contest would tell of
# their sites. Who contests takes it back; the coordinator alone notes how it was settled.
_OF_OPEN_TO_TERRITORY = (
    within("campaign_id", "c.id", "classification_campaign c", coordinates("c.territory_id")) & shared()
)
_OF_LED_LANDLORD = leads("landlord_id") & _SEES_CAMPAIGN
_BY_LANDLORD = where("by_landlord", "their landlord contests it")
_BY_COORDINATOR = where("NOT by_landlord", "the coordinator contests it")
_CONTESTS = (_OF_LED_LANDLORD & _BY_LANDLORD) | (_OF_OPEN_TO_TERRITORY & _BY_COORDINATOR)
CONTEST = Perimeter(
    "contest",
    select=_OF_OPEN_TO_TERRITORY | _OF_LED_LANDLORD | system("evaluation", "stock_import", "seeding"),
    insert=(_CONTESTS & person("made_by_id")) | system("seeding"),
    update=_CONTESTS | system("seeding"),
    delete=system("retention") & _OF_TERM,
    also=(Policy("contest_select_retention", "SELECT", system("retention")),),
)
SETTLEMENT = Perimeter(
    "settlement",
    select=_OF_OPEN_TO_TERRITORY | _OF_LED_LANDLORD | system("evaluation", "stock_import", "seeding"),
    insert=(
        _OF_OPEN_TO_TERRITORY
        & within(
            "(contest_id, campaign_id, residence_id)",
            "k.id, k.campaign_id, k.residence_id",
            "classification_contest k",
            where("k.withdrawn_at IS NULL", "it was not taken back"),
        )
        & person("settled_by_id")
    )
    | system("seeding"),
    delete=system("retention") & _OF_TERM,
    also=(Policy("settlement_select_retention", "SELECT", system("retention")),),
)

# Agents are not shown it: it is for those who answer for a landlord's places or coordinate a territory.
SIGNAL = Perimeter(
    "signal",
    select=system("evaluation", "seeding") | leads("landlord_id") | shared(),
    write=system("evaluation"),
)

# A ranking of a territory's sites rests on all of them: it is closed once one of them is shared no more.
_ALL_SHARED = where(
    "NOT EXISTS (SELECT 1 FROM jsonb_array_elements(pairs) p WHERE ((p ->> 0)::bigint, (p ->> 1)::bigint)"
    " NOT IN (SELECT s.landlord_id, s.commune_id FROM palier_shared() s))",
    "all the `pairs` of landlord and commune that it rests on are shared",
)
RANKING = Perimeter(
    "ranking",
    select=leads("landlord_id") | (coordinates() & _ALL_SHARED) | system("evaluation", "seeding"),
    write=system("evaluation"),
)

_RESTS_FOR_OWN = leads("organisation_id") & where("organisation_id = landlord_id", "it is their landlord's")
_RESTS_FOR_TOWN = (
    among("organisation_id", "palier.coordinator_of", "they coordinate for `organisation_id`") & shared()
)
_PAST_THREE_YEARS = where(
    "until < (SELECT palier_today()) - interval '36 months'", "its last day is more than three years ago"
)
_TAKEN_BACK_BY_ONESELF = where(
    "(ended_at IS NULL OR ended_by_id = (SELECT palier_user()))", "it stands, or the person ends it"
)
# An import that is undone leaves residences that somebody has put to rest.
REST = Perimeter(
    "rest",
    select=system("stock_import", "seeding") | _RESTS_FOR_OWN | _RESTS_FOR_TOWN,
    insert=person("made_by_id") & (_RESTS_FOR_OWN | _RESTS_FOR_TOWN) | system("seeding"),
    update=_TAKEN_BACK_BY_ONESELF & (_RESTS_FOR_OWN | _RESTS_FOR_TOWN) | system("seeding"),
    delete=system("retention") & _PAST_THREE_YEARS,
    also=(Policy("rest_select_retention", "SELECT", system("retention")),),
)
