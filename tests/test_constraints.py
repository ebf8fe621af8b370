"""Test every database constraint by its name, and that none is without a test."""

import datetime as dt
import uuid
from functools import partial
from pathlib import Path

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.enums import AuditAction
from accounts.journal.audit import write_entry
from accounts.models import AuditEntry, FactorReset, GuidedVisit, Mail, Membership, Organisation, User
from accounts.scope import acting_as, acting_for, system_scope
from classification.engine.services import default_grid
from classification.models import (
    AdoptionStep,
    Assessment,
    Campaign,
    CampaignSite,
    Closing,
    Contest,
    Decision,
    Finding,
    GridAdoption,
    MonthLevel,
    PastLevel,
    Ranking,
    RecordChange,
    Rest,
    Settlement,
    Signal,
    SiteLevel,
)
from incidents.models import BulkAct, FactReply, FactSubtype, FactTotal, FactType, LegalHold, RetentionTerms
from partners.models import (
    Circle,
    Mandate,
    NoteCopy,
    Notice,
    PlenaryRelease,
    Publication,
    PublicationRequest,
    PublishedCount,
    PublishedSite,
    SynthesisNote,
    Withdrawal,
)
from sites.models import (
    Address,
    ImportChange,
    ImportMapping,
    ImportRun,
    Residence,
    ResidenceAssignment,
    SharingAgreement,
    Territory,
)
from tests import factories as f
from tests.journals import seal, tamper

OURS = ("core", "accounts", "sites", "incidents", "classification", "partners")
DAY = dt.date(2026, 3, 1)
NEXT = dt.date(2026, 3, 2)


def refused(constraint: str, make, /, **values) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make(**values)


def test_no_constraint_without_a_test():
    here = Path(__file__).parent
    tests = "".join(file.read_text(encoding="utf-8") for file in here.rglob("test_*.py"))
    names = {
        constraint.name
        for label in OURS
        for model in apps.get_app_config(label).get_models()
        for constraint in model._meta.constraints
    }
    assert {name for name in names if f'"{name}"' not in tests} == set()


def test_decisions(seeding):
    residence = f.ResidenceFactory()
    said = {
        "residence": residence, "landlord": residence.landlord, "commune": residence.commune, "as_of": DAY,
        "proposed": 3, "silent": False, "retained": 3,
    }  # fmt: skip
    refused("decision_levels_are_1_to_4", Decision.objects.create, **said | {"proposed": 5, "retained": 5})
    refused("decision_says_why_it_departs", Decision.objects.create, **said | {"retained": 2})
    refused("decision_ends_for_something", Decision.objects.create, **said, ended_on=DAY)
    refused("decision_ends_for_something", Decision.objects.create, **said, ending="lapsed")
    ended = said | {"ended_on": DAY, "ending": "lapsed"}
    refused("decision_lapses_by_itself", Decision.objects.create, **ended, ended_by=f.UserFactory())
    refused("decision_lapses_by_itself", Decision.objects.create, **ended, end_reason="Relu.")
    other = f.ResidenceFactory()
    refused(
        "classification_decision_follows_residence",
        Decision.objects.create,
        **said | {"commune": other.commune},
    )
    Decision.objects.create(**said)
    refused("decision_stands_alone_at_its_site", Decision.objects.create, **said)


def test_adoptions_of_grids(seeding):
    said = {"territory": f.TerritoryFactory(), "grid_version": default_grid()}
    refused("adoption_is_settled_at_a_moment", GridAdoption.objects.create, **said, state="proposed")
    refused("adoption_is_settled_at_a_moment", GridAdoption.objects.create, **said, starts_on=DAY)
    adoption = GridAdoption.objects.create(**said, starts_on=DAY, state="proposed")
    refused(
        "adoption_is_proposed_alone", GridAdoption.objects.create, **said, starts_on=NEXT, state="proposed"
    )
    user, landlord = f.UserFactory(), f.OrganisationFactory()
    step = {
        "adoption": adoption, "territory": adoption.territory, "organisation": landlord, "organisation_name": "A",
        "by": user, "by_name": "B",
    }  # fmt: skip
    refused("adoption_step_says_why", AdoptionStep.objects.create, **step, kind="refused")
    AdoptionStep.objects.create(**step, kind="accepted")
    refused(
        "adoption_is_answered_once",
        AdoptionStep.objects.create,
        **step,
        kind="refused",
        reason="Trop sévère.",
    )


def test_what_is_put_to_rest(seeding):
    residence = f.ResidenceFactory()
    said = {
        "residence": residence, "landlord": residence.landlord, "commune": residence.commune,
        "organisation": residence.landlord, "reason": "Vu sur place.", "since": DAY, "until": NEXT,
    }  # fmt: skip
    refused("rest_says_why", Rest.objects.create, **said | {"reason": ""})
    refused("rest_is_bounded", Rest.objects.create, **said | {"until": DAY})
    refused("rest_is_bounded", Rest.objects.create, **said | {"until": DAY + dt.timedelta(183)})
    other = f.ResidenceFactory()
    refused("classification_rest_follows_residence", Rest.objects.create, **said | {"commune": other.commune})
    Rest.objects.create(**said)
    refused("rest_stands_alone", Rest.objects.create, **said)


def test_reasons_to_watch(seeding):
    residence = f.ResidenceFactory()
    said = {
        "residence": residence, "landlord": residence.landlord, "commune": residence.commune, "kind": "hot", "as_of": DAY,
        "figures": {},
    }  # fmt: skip
    with system_scope("evaluation"):
        Signal.objects.create(**said)
        refused("signal_is_unique", Signal.objects.create, **said)


def test_levels_at_the_ends_of_months(seeding):
    residence = f.ResidenceFactory()
    said = {
        "residence": residence, "landlord": residence.landlord, "commune": residence.commune,
        "grid_version": default_grid(), "day": DAY, "mark": 3, "heard": True,
    }  # fmt: skip
    other = f.ResidenceFactory()
    with system_scope("evaluation"):
        refused("month_level_is_a_mark", MonthLevel.objects.create, **said | {"mark": 5})
        refused(
            "classification_monthlevel_follows_residence",
            MonthLevel.objects.create,
            **said | {"commune": other.commune},
        )
        MonthLevel.objects.create(**said)
        refused("month_level_is_unique", MonthLevel.objects.create, **said)


def test_rankings(seeding):
    landlord, another, territory = f.OrganisationFactory(), f.OrganisationFactory(), f.TerritoryFactory()
    said = {
        "landlord": landlord, "as_of": DAY, "state": "young", "figures": {}, "pairs": [], "sites": [],
    }  # fmt: skip
    with system_scope("evaluation"):
        Ranking.objects.create(**said)
        refused("ranking_is_unique", Ranking.objects.create, **said)
        refused("ranking_is_of_one", Ranking.objects.create, **said | {"landlord": None})
        refused(
            "ranking_is_of_one",
            Ranking.objects.create,
            **said | {"landlord": another, "territory": territory},
        )
        told = said | {"landlord": another, "sites": [{}]}
        refused("ranking_is_told_where_better", Ranking.objects.create, **told | {"state": "no_better"})
        Ranking.objects.create(**told | {"state": "better"})


def test_campaigns(seeding):
    said = {
        "territory": f.TerritoryFactory(),
        "name": "Diagnostic",
        "as_of": DAY,
        "deadline": NEXT,
        "grid_version": default_grid(),
    }
    refused(
        "campaign_is_decided_after_its_day",
        Campaign.objects.create,
        **said | {"deadline": DAY - dt.timedelta(1)},
    )
    refused("campaign_opens_at_a_moment", Campaign.objects.create, **said, state="open")
    now = timezone.now()
    refused(
        "campaign_is_cancelled_for_a_reason",
        Campaign.objects.create,
        **said,
        state="cancelled",
        cancelled_at=now,
    )
    refused("campaign_is_cancelled_for_a_reason", Campaign.objects.create, **said, cancel_reason="Reportée.")
    campaign = Campaign.objects.create(**said, state="open", opened_at=now)
    refused("campaign_is_open_alone", Campaign.objects.create, **said, state="open", opened_at=now)
    of_it = {"campaign": campaign, "territory": campaign.territory}
    refused("closing_is_read_at_a_moment", Closing.objects.create, **of_it, number=1, state="done")
    refused("closing_says_why_it_supersedes", Closing.objects.create, **of_it, number=2)
    closing = Closing.objects.create(**of_it, number=1)
    refused("closing_waits_alone", Closing.objects.create, **of_it, number=2, reason="Relu.")
    refused("closing_number_is_unique", Closing.objects.create, **of_it, number=1, state="done", read_at=now)
    residence = f.ResidenceFactory()
    frozen = {
        "closing": closing, "landlord": residence.landlord, "commune": residence.commune, "residence": residence,
        "as_of": DAY, "name": "A", "dwellings": 1, "in_priority_neighbourhood": False, "level": 1, "facts_level": 1,
        "impact_level": 1, "silent": False, "unseen": False, "addresses": [], "findings": [], "disruptions": [],
    }  # fmt: skip
    with system_scope("evaluation"):
        refused("assessment_is_decided_on_a_day", Assessment.objects.create, **frozen, retained=2)
        Assessment.objects.create(**frozen)
        site = {
            "campaign": campaign,
            "landlord": residence.landlord,
            "commune": residence.commune,
            "residence": residence,
        }
        CampaignSite.objects.create(**site, level=1, silent=False)
        refused("campaign_site_is_unique", CampaignSite.objects.create, **site, level=2, silent=False)
        refused("assessment_is_unique_in_a_closing", Assessment.objects.create, **frozen)
    of_site = {name: site[name] for name in site} | {"as_of": DAY}
    refused("contest_says_why", Contest.objects.create, **of_site, by_landlord=True, reason="")
    contest = Contest.objects.create(**of_site, by_landlord=True, reason="Relu.")
    refused(
        "contest_stands_alone_at_its_site",
        Contest.objects.create,
        **of_site,
        by_landlord=False,
        reason="Relu.",
    )
    said = of_site | {"contest": contest}
    refused("settlement_concludes", Settlement.objects.create, **said, number=1, conclusion="")
    refused(
        "settlement_recommends_1_to_4",
        Settlement.objects.create,
        **said,
        number=1,
        conclusion="Relu.",
        recommended=5,
    )
    Settlement.objects.create(**said, number=1, conclusion="Relu.")
    refused("settlement_number_is_unique", Settlement.objects.create, **said, number=1, conclusion="Relu.")


def test_accounts(seeding):
    membership = f.MembershipFactory(starts_on=DAY)
    again = {"user": membership.user, "organisation": membership.organisation, "role": membership.role}
    refused("membership_does_not_overlap", Membership.objects.create, **again, starts_on=NEXT)
    refused("membership_ends_after_start", f.MembershipFactory, starts_on=NEXT, ends_on=DAY)
    refused(
        "user_email_is_unique_in_any_case", User.objects.create,
        email=membership.user.email.upper(), full_name="Autre",
    )  # fmt: skip
    name = membership.organisation.name.upper()
    refused("organisation_name_is_unique", Organisation.objects.create, name=name, kind="landlord")
    visit = {"user": membership.user, "role": membership.role}
    GuidedVisit.objects.create(**visit)
    refused("guided_visit_is_unique_by_role", GuidedVisit.objects.create, **visit)
    with acting_for(membership.organisation):
        nameless = AuditEntry(action="read", organisation=membership.organisation)
        refused("audit_entry_names_its_author", AuditEntry.objects.bulk_create, objs=[nameless])
    with system_scope("mail"):
        ended = {"user": User.objects.order_by("pk").first(), "kind": "trial", "state": "delivered"}
        refused("mail_that_waits_no_more_ended_at_a_moment", Mail.objects.create, **ended)


def test_links_of_the_journal(world):
    with acting_as(world.b.lead) as scope:
        for _ in range(2):
            write_entry(scope, AuditAction.READ, "page", organisation_id=world.b.landlord.pk)
    seal()
    for name, change in (
        ("audit_link_number_is_unique", "number = 1"),
        ("audit_link_with_a_number_is_whole", "digest = NULL"),
    ):
        statement = f"UPDATE accounts_auditlink SET {change} WHERE journal = %s AND number = 2"
        refused(name, partial(tamper, statement, world.b.landlord.pk))


def test_resets_of_factors(seeding):
    membership, other = f.MembershipFactory(), f.UserFactory()
    asked = {"user": membership.user, "asked_by": other, "reason": "lost"}
    FactorReset.objects.create(**asked)
    refused("factor_reset_waits_once", FactorReset.objects.create, **asked)
    refused("factor_reset_is_not_ones_own", FactorReset.objects.create, **asked | {"user": other})
    done = asked | {"state": "done", "answered_by": other}
    refused("factor_reset_takes_two", FactorReset.objects.create, **done)


def test_retention(world):
    incident, territory = world.a.incidents[0], world.a.territory
    with system_scope("seeding"):
        terms = {"territory": territory, "narratives_months": 6, "facts_months": 48, "counts_from": DAY}
        for name, other in (
            ("terms_of_narratives_are_1_to_12_months", {"narratives_months": 13}),
            ("terms_of_facts_are_36_to_60_months", {"facts_months": 35}),
        ):
            refused(name, RetentionTerms.objects.create, **terms | other)
        held = {"incident": incident, "landlord": world.a.landlord, "reason": "Procédure"}
        refused(
            "legal_hold_ends_after_it_starts", LegalHold.objects.create, **held, starts_on=DAY, ends_on=DAY
        )
        LegalHold.objects.create(**held)
        refused("legal_hold_is_one_at_a_time", LegalHold.objects.create, **held)
        several = held | {"observation": world.a.observation}
        for other in (several, held | {"incident": None}, several | {"disruption": world.a.disruption}):
            refused("legal_hold_keeps_one_record", LegalHold.objects.create, **other)
        for name in ("observation", "disruption"):
            lasting = held | {"incident": None, name: getattr(world.a, name)}
            LegalHold.objects.create(**lasting)
            refused("legal_hold_is_one_at_a_time", LegalHold.objects.create, **lasting)
    with system_scope("retention"):
        total = {
            "landlord": world.a.landlord,
            "fact_type_id": incident.fact_type_id,
            "month": DAY,
            "number": 2,
        }
        FactTotal.objects.create(**total)
        refused("fact_total_is_unique", FactTotal.objects.create, **total)


def test_proposals(seeding):
    lead = f.MembershipFactory(role="lead")
    made = f.ProposalFactory(organisation=lead.organisation)
    again = {"organisation": lead.organisation, "user": made.user}
    refused("proposal_waits_once", f.ProposalFactory, **again)
    refused("proposal_is_not_to_oneself", f.ProposalFactory, organisation=lead.organisation, user=lead.user)
    refused("proposal_that_waits_no_more_ended_at_a_moment", f.ProposalFactory, **again, state="refused")


def test_membership_may_follow_another(seeding):
    first = f.MembershipFactory(starts_on=DAY, ends_on=NEXT)
    second = f.MembershipFactory(user=first.user, organisation=first.organisation, starts_on=NEXT)
    assert (first.is_live(NEXT), second.is_live(NEXT)) == (False, True)


def test_sites(seeding):
    address = f.AddressFactory()
    refused(
        "address_is_unique_in_residence", f.AddressFactory,
        residence=address.residence, match_key=address.match_key,
    )  # fmt: skip
    refused("address_point_is_on_earth", f.AddressFactory, longitude=200.0)
    refused("address_point_is_on_earth", f.AddressFactory, longitude=None, latitude=48.0)
    residence = address.residence
    refused(
        "residence_reference_is_unique", Residence.objects.create, landlord=residence.landlord,
        commune=residence.commune, reference=residence.reference, name="Autre",
    )  # fmt: skip
    alias = f.ResidenceAliasFactory(residence=residence)
    refused(
        "alias_is_unique_in_residence",
        f.ResidenceAliasFactory,
        residence=residence,
        reference=alias.reference,
    )
    agreement = f.SharingAgreementFactory(starts_on=DAY)
    pair = {"landlord": agreement.landlord, "territory": agreement.territory}
    refused("agreement_does_not_overlap", SharingAgreement.objects.create, **pair, starts_on=NEXT)
    refused("agreement_ends_after_start", f.SharingAgreementFactory, starts_on=NEXT, ends_on=DAY)
    town = agreement.territory.organisation
    name = agreement.territory.name.upper()
    refused("territory_name_is_unique", Territory.objects.create, name=name, kind="clspd", organisation=town)
    membership = f.MembershipFactory(role="agent", organisation=residence.landlord)
    ResidenceAssignment.objects.create(membership=membership, residence=residence)
    mapping = {"organisation": residence.landlord, "name": "Essai", "kind": "stock", "content": {}}
    ImportMapping.objects.create(**mapping)
    refused("import_mapping_name_is_unique", ImportMapping.objects.create, **mapping)
    run = ImportRun.objects.create(organisation=residence.landlord, filename="essai.csv")
    change = {"run": run, "table_name": "sites_residence", "object_id": residence.pk, "after": {}}
    ImportChange.objects.create(**change)
    refused("import_change_is_one_for_each_row", ImportChange.objects.create, **change)
    refused(
        "assignment_is_unique", ResidenceAssignment.objects.create, membership=membership, residence=residence
    )


def test_targets_of_the_composite_keys_are_unique(seeding):
    """Each starts with the primary key, which no two rows share."""
    targets = {
        "residence_perimeter": Residence, "address_perimeter": Address, "agreement_parties": SharingAgreement,
    }  # fmt: skip
    for name, model in targets.items():
        constraint = next(c for c in model._meta.constraints if c.name == name)
        assert constraint.fields[0] == "id"
    assert set(targets) <= _unique_constraints()


def _unique_constraints() -> set[str]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint WHERE contype = 'u'")
        return {name for (name,) in cursor.fetchall()}


def test_levels(seeding):
    address = f.AddressFactory()
    place = {
        "landlord": address.landlord, "commune": address.commune, "residence": address.residence,
        "address": None,
    }  # fmt: skip
    site = place | {
        "grid_version": default_grid(), "as_of": DAY, "level": 2, "facts_level": 2, "impact_level": 1
    }  # fmt: skip
    finding = place | {
        "fact_type": FactType.objects.get(code="NOISE"), "frequency": 1, "level": 1, "in_daily": 0,
        "in_regular": 0, "in_occasional": 1, "days": [DAY],
    }  # fmt: skip
    with system_scope("evaluation"):
        SiteLevel.objects.create(**site)
        Finding.objects.create(**finding)
        refused("site_level_is_unique", SiteLevel.objects.create, **site)
        refused("finding_is_unique", Finding.objects.create, **finding)
        elsewhere = {"address": address}
        refused("site_level_is_the_higher_table", SiteLevel.objects.create, **site | elsewhere | {"level": 3})
        wrong = {"level": 5, "facts_level": 5}
        refused("site_level_is_1_to_4", SiteLevel.objects.create, **site | elsewhere | wrong)
        for half in ({"retained": 2}, {"decided_on": DAY}, {"retained": 5, "decided_on": DAY}):
            refused("site_level_is_decided_on_a_day", SiteLevel.objects.create, **site | elsewhere | half)


def test_past_levels(seeding):
    residence = f.ResidenceFactory()
    past = {
        "landlord": residence.landlord, "commune": residence.commune, "residence": residence,
        "grid_version": default_grid(), "day": DAY, "level": 1,
    }  # fmt: skip
    with system_scope("evaluation"):
        PastLevel.objects.create(**past)
        refused("past_level_is_unique", PastLevel.objects.create, **past)
        for level in (0, 5):
            wrong = {"day": NEXT, "level": level}
            refused("past_level_is_1_to_4", PastLevel.objects.create, **past | wrong)
        changed = {name: past[name] for name in ("landlord", "commune", "residence", "day")} | {"since": DAY}
        RecordChange.objects.create(**changed)
        refused("record_change_is_unique_by_day", RecordChange.objects.create, **changed)


def test_partners(seeding):
    mandate = f.MandateFactory(starts_on=DAY)
    circle, user = mandate.circle, mandate.user
    both = {"circle": circle, "territory": circle.territory}
    refused("mandate_does_not_overlap", Mandate.objects.create, **both, user=user, starts_on=NEXT)
    refused("mandate_ends_after_start", f.MandateFactory, starts_on=NEXT, ends_on=DAY)
    charter = f.CharterFactory(territory=circle.territory)
    refused("charter_number_is_unique", f.CharterFactory, territory=circle.territory)
    charter.acceptances.create(user=user)
    refused("charter_is_accepted_once", charter.acceptances.create, user=user)
    refused("circle_ends_after_start", f.CircleFactory, starts_on=NEXT, ends_on=DAY)
    refused(
        "circle_name_is_unique",
        Circle.objects.create,
        territory=circle.territory,
        name=circle.name,
        purpose="–",
        precision="address",
    )
    refused("circle_has_a_precision", f.CircleFactory, precision="street")
    given = both | {"as_of": DAY, "grid_version": default_grid()}
    publication = Publication.objects.create(**given)
    refused("publication_is_unique_by_day", Publication.objects.create, **given)
    for half in ({"campaign_name": "Diagnostic"}, {"campaign_version": 1}):
        refused(
            "publication_names_its_campaign", Publication.objects.create, **given | {"as_of": NEXT} | half
        )
    campaign = Campaign.objects.create(
        territory=circle.territory, name="Diagnostic", as_of=DAY, deadline=DAY, grid_version=default_grid()
    )
    closing = Closing.objects.create(campaign=campaign, territory=circle.territory, number=1)
    release = {
        "campaign": campaign, "closing": closing, "territory": circle.territory,
        "organisation": circle.territory.organisation, "as_of": DAY, "digest": "0" * 64,
    }  # fmt: skip
    refused("plenary_release_ends_with_its_content", PlenaryRelease.objects.create, **release, state="done")
    refused("plenary_release_ends_with_its_content", PlenaryRelease.objects.create, **release, content={})
    told = release | {"state": "done"}
    for table in ("sites", "facts"):
        small = {"communes": [{"areas": [{table: {"3": 4}}]}]}
        refused("plenary_release_tells_nothing_small", PlenaryRelease.objects.create, **told, content=small)
    now = timezone.now()
    for withdrawn in ({"withdrawn_at": now}, {"withdrawal_reason": "Faits mal placés."}):
        refused(
            "plenary_release_is_withdrawn_for_a_reason",
            PlenaryRelease.objects.create,
            **told,
            content={},
            **withdrawn,
        )
    PlenaryRelease.objects.create(**release)
    refused("campaign_id", PlenaryRelease.objects.create, **release)
    asked = both | {"as_of": NEXT}
    PublicationRequest.objects.create(**asked)
    refused("publication_is_asked_for_once_by_day", PublicationRequest.objects.create, **asked)
    for ended in ({"state": "done"}, {"publication": publication}):
        refused(
            "publication_request_ends_with_it",
            PublicationRequest.objects.create,
            **asked | {"as_of": DAY} | ended,
        )
    site = {
        "publication": publication, "landlord": "Bailleur", "name": "Résidence", "commune": "Commune",
        "dwellings": 1, "in_priority_neighbourhood": False, "level": 1, "facts_level": 1, "impact_level": 1,
        "silent": False, "addresses": [], "findings": [], "rank": 1, "shared_by": f.OrganisationFactory(),
        "key": uuid.UUID(int=1),
    }  # fmt: skip
    PublishedSite.objects.create(**site)
    refused("published_site_rank_is_unique", PublishedSite.objects.create, **site | {"key": None})
    refused("published_site_key_is_unique", PublishedSite.objects.create, **site | {"rank": 2})
    other = site | {"rank": 2, "key": None}
    for half in ({"retained": 2}, {"decided_on": DAY}, {"retained": 5, "decided_on": DAY}):
        refused("published_site_is_decided_on_a_day", PublishedSite.objects.create, **other | half)
    both = {"retained": 2, "decided_on": DAY, "expected_on": DAY}
    refused("published_site_is_decided_or_expected", PublishedSite.objects.create, **other | both)
    for both in ({"retained": 2, "decided_on": DAY}, {"expected_on": DAY}):
        refused(
            "published_site_is_decided_or_closed",
            PublishedSite.objects.create,
            **other | both | {"closed_on": DAY},
        )


def test_precision(seeding):
    """What is given is as precise as its circle: a site of a finer one, a small count or a note are refused."""
    by_address, by_residence, by_neighbourhood = (
        f.CircleFactory(precision=precision) for precision in ("address", "residence", "neighbourhood")
    )

    def given(circle):
        about = {
            "circle": circle,
            "territory": circle.territory,
            "as_of": DAY,
            "grid_version": default_grid(),
        }
        refused(
            "publication_is_as_precise_as_circle",
            Publication.objects.create,
            **about,
            precision=OTHER[circle.precision],
        )
        return Publication.objects.create(**about, precision=circle.precision)

    publications = {
        circle.precision: given(circle) for circle in (by_address, by_residence, by_neighbourhood)
    }
    site = {
        "landlord": "Bailleur", "name": "Résidence", "commune": "Commune", "dwellings": 1, "level": 1, "facts_level": 1,
        "in_priority_neighbourhood": False, "impact_level": 1, "silent": False, "findings": [], "rank": 1,
        "shared_by": f.OrganisationFactory(),
    }  # fmt: skip
    create = PublishedSite.objects.create
    coarse = site | {"addresses": [], "precision": "residence", "publication": publications["residence"]}
    for finer in (
        {"addresses": [{"label": "1 rue A"}]},
        {"longitude": 2.0},
        {"latitude": 48.0},
        {"decision_reason": "Hall B"},
    ):
        refused("published_site_is_as_precise_as_its_circle", create, **coarse | finer)
    create(**coarse)
    named = site | {"addresses": [], "publication": publications["neighbourhood"]}
    for precision in ("address", "residence"):
        refused("site_is_as_precise_as_publication", create, **named, precision=precision)
    refused("published_site_is_as_precise_as_its_circle", create, **named, precision="neighbourhood")
    cell = {"commune": f.CommuneFactory(), "neighbourhood": "Les Alizés", "mark": 3, "at_least": 5}
    count = PublishedCount.objects.create
    for precision in ("address", "residence"):
        refused("count_is_as_precise_as_publication", count, **cell, publication=publications[precision])
    told = cell | {"publication": publications["neighbourhood"]}
    refused("published_count_is_never_small", count, **told | {"at_least": 0})
    for finer in (4, 7):
        refused("published_count_is_", count, **told | {"at_least": finer})
    refused("published_count_is_in_steps", count, **told | {"at_least": 7})
    refused("published_count_is_of_a_counted_mark", count, **told | {"mark": 1})
    count(**told)
    refused("published_count_is_unique", count, **told)
    issued = {"issued_at": timezone.now(), "digest": "d", "content": {}, "copies_until": DAY, "as_of": DAY}
    for circle in (by_residence, by_neighbourhood):
        about = {"circle": circle, "territory": circle.territory}
        refused("note_goes_to_a_circle_of_addresses", SynthesisNote.objects.create, **about, **issued)


OTHER = {"address": "residence", "residence": "neighbourhood", "neighbourhood": "address"}


def test_notes(seeding):
    mandate = f.MandateFactory()
    about = {"territory": mandate.territory, "as_of": DAY}
    now = timezone.now()
    refused("note_is_issued_to_a_circle", SynthesisNote.objects.create, **about, issued_at=now, digest="d")
    refused(
        "note_is_issued_once_frozen",
        SynthesisNote.objects.create,
        **about,
        issued_at=now,
        circle=mandate.circle,
    )
    issued = {"issued_at": now, "circle": mandate.circle, "digest": "d", "content": {}}
    refused("note_is_issued_until_a_day", SynthesisNote.objects.create, **about, **issued)
    note = SynthesisNote.objects.create(**about, **issued, copies_until=DAY)
    copy = {"note": note, "until": DAY}
    NoteCopy.objects.create(**copy, mandate=mandate, number=1)
    refused("copy_is_unique_for_a_mandate", NoteCopy.objects.create, **copy, mandate=mandate, number=2)
    refused("note_is_withdrawn_once_issued", SynthesisNote.objects.create, **about, withdrawn_at=now)
    other = f.MandateFactory(circle=mandate.circle)
    refused("copy_number_is_unique", NoteCopy.objects.create, **copy, mandate=other, number=1)


def test_withdrawals(seeding):
    circle = f.CircleFactory()
    both = {"circle": circle, "territory": circle.territory}
    publication = Publication.objects.create(**both, as_of=DAY, grid_version=default_grid())
    issued = {"issued_at": timezone.now(), "circle": circle, "digest": "d", "content": {}}
    note = SynthesisNote.objects.create(territory=circle.territory, as_of=DAY, copies_until=DAY, **issued)
    said = both | {"about": "Territoire", "as_of": DAY, "organisation": "Ville", "reason": "Erreur"}
    create = Withdrawal.objects.create
    one = "withdrawal_is_of_a_publication_or_a_note"
    refused(one, create, **said)
    refused(one, create, **said, publication=publication, note=note)
    refused(one, create, **said, publication=publication, new_version=note)
    refused(one, create, **said, note=note, replacement=publication)
    refused("withdrawal_has_a_reason", create, **said | {"reason": ""}, publication=publication)
    withdrawal = create(**said, publication=publication)
    create(**said, note=note)
    refused("publication_is_withdrawn_once", create, **said, publication=publication)
    refused("note_is_withdrawn_once", create, **said, note=note)
    told = {"withdrawal": withdrawal, "user": f.UserFactory()}
    Notice.objects.create(**told)
    refused("notice_is_unique_for_a_person", Notice.objects.create, **told)


def test_program_signs_its_audit_entries(seeding):
    landlord = f.OrganisationFactory()
    with acting_for(landlord) as scope:
        write_entry(scope, AuditAction.CREATE, landlord)
        entry = AuditEntry.objects.get()
    assert (entry.actor, entry.system, entry.organisation) == (None, "api", landlord)


def test_incidents(seeding, reference_written):
    incident = f.IncidentFactory(day=DAY, external_source="x", external_id="1")
    place = {"address": incident.address}
    refused(
        "incident_external_id_is_unique", f.IncidentFactory, **place, external_source="x", external_id="1"
    )
    refused("incident_span_ends_after_it_starts", f.IncidentFactory, **place, day=DAY, span_end=DAY)
    refused("incident_cost_is_not_negative", f.IncidentFactory, **place, damage_cost=-1)
    refused(
        "incident_complaint_reference_needs_a_complaint", f.IncidentFactory, **place, complaint_reference="1"
    )
    noise = FactType.objects.get(code="NOISE")
    refused("fact_type_gravity_is_1_to_4", FactType.objects.filter(pk=noise.pk).update, gravity=5)
    subtype = {"territory": f.TerritoryFactory(), "fact_type": noise, "label": "Pétards"}
    FactSubtype.objects.create(**subtype)
    refused("fact_subtype_is_unique", FactSubtype.objects.create, **subtype)


def test_observations_and_disruptions(seeding):
    observation = f.StandingObservationFactory(since=DAY)
    place = {"address": observation.address}
    refused("observation_frequency_is_1_to_3", f.StandingObservationFactory, **place, frequency=4)
    refused(
        "observation_ends_after_it_starts", f.StandingObservationFactory, **place, since=NEXT, ended_on=DAY
    )
    f.ConfirmationFactory(observation=observation, day=DAY)
    refused("confirmation_is_unique_by_day", f.ConfirmationFactory, observation=observation, day=DAY)
    refused("disruption_ends_after_it_starts", f.DisruptionFactory, **place, starts_on=NEXT, ends_on=DAY)
    presence = place | {"service": "staff_presence"}
    night = {"hours_from": dt.time(22), "hours_until": dt.time(6)}
    f.DisruptionFactory(**presence, extent="impossible", **night)
    for wrong in (
        presence | {"extent": "impossible"},
        presence | {"extent": "impossible", "hours_from": dt.time(22)},
        presence | {"extent": "partial"} | night,
        place | {"extent": "impossible", "service": "lift"} | night,
    ):
        refused("disruption_impossible_presence_has_hours", f.DisruptionFactory, **wrong)
    same = {"hours_from": dt.time(8), "hours_until": dt.time(8)}
    refused("disruption_hours_differ", f.DisruptionFactory, **presence, extent="impossible", **same)
    silent = {"incident": f.IncidentFactory(**place), "answer": "Fait"}
    refused("fact_reply_says_when_it_answered", FactReply.objects.create, **silent)
    act = {"landlord": observation.landlord, "facts": [], "made_at": timezone.now()}
    for wrong in ({"act": "cancel"}, {"act": "move", "reason": "Doublon"}):
        refused("bulk_act_cancels_with_a_reason", BulkAct.objects.create, **act, **wrong)


@pytest.mark.parametrize(
    ("factory", "constraint"),
    [(f.ResidenceFactory, "residence_merged_is_closed"), (f.AddressFactory, "address_merged_is_closed")],
)
def test_a_merged_place_is_closed(seeding, factory, constraint):
    refused(constraint, factory, merged_into=factory())
    factory(merged_into=factory(), closed_on=DAY)
