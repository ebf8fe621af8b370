"""Declare who reads and writes circles and what they are given, and who can be looked up to be invited."""

from accounts.perimeter import leads, live
from core.perimeter import (
    Perimeter,
    Policy,
    Predicate,
    add_policies,
    among,
    person,
    system,
    visible,
    where,
    within,
)
from sites.perimeter import coordinates

CIRCLE = Perimeter(
    "circle",
    select=coordinates()
    | system("seeding")
    | (
        live()
        & where("id IN (SELECT j.circle_id FROM palier_joined() j)", "a mandate of theirs in it counts")
    ),
    write=coordinates() | system("seeding"),
)

MANDATE = Perimeter(
    "mandate",
    select=person("user_id") | coordinates() | system("seeding"),
    insert=coordinates() | system("seeding"),
    # A trigger (0019_charters.sql) says which of them may change what.
    update=person("user_id") | coordinates() | system("seeding"),
    delete=system("seeding"),
)

CHARTER = Perimeter(
    "charter",
    select=coordinates()
    | within("territory_id", "m.territory_id", "partners_mandate m", person("m.user_id"))
    | system("seeding"),
    insert=coordinates() | system("seeding"),
)

CHARTER_ACCEPTANCE = Perimeter(
    "charteracceptance",
    select=person("user_id")
    | within("charter_id", "c.id", "partners_charter c", coordinates("c.territory_id"))
    | system("seeding"),
    insert=(person("user_id") & visible("charter_id", "c.id", "partners_charter c", "`charter_id`"))
    | system("seeding"),
)

PUBLICATION = Perimeter(
    "publication",
    select=coordinates()
    | system("seeding")
    | among("circle_id", "palier.circles", "they are a member of the circle")
    | (
        among(
            "territory_id",
            "palier.landlord_territories",
            "a landlord they lead has a live agreement with `territory_id`",
        )
        & where(
            "landlords && (SELECT palier_ids('palier.lead_of'))::bigint[]", "they lead one of `landlords`"
        )
    ),
    write=coordinates() | system("seeding"),
)

PUBLICATION_REQUEST = Perimeter("publicationrequest", everything=coordinates() | system("jobs", "seeding"))

PUBLISHED_SITE = Perimeter(
    "publishedsite",
    select=where(
        """(publication_id, shared_by_id, shared_in_id) IN (
            SELECT p.id, s.landlord_id, s.commune_id FROM partners_publication p
            JOIN palier_shared_anywhere() s ON s.territory_id = p.territory_id
            WHERE p.withdrawn_at IS NULL
                OR p.territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
        )""",
        "they see `publication_id`, an agreement of `shared_by_id` with its territory opens `shared_in_id`, and it was "
        "not withdrawn or they coordinate that territory",
    )
    | system("seeding"),
    write=within(
        "publication_id", "p.id", "partners_publication p", coordinates("p.territory_id") | system("seeding")
    ),
)

# Counts of two sets of landlords in one commune, subtracted, would tell the sites of a third.
_COUNTS_ELSEWHERE = """SELECT t.territory_id FROM sites_territory_communes t
                JOIN sites_territory_communes o ON o.commune_id = t.commune_id AND o.territory_id <> t.territory_id
                WHERE o.territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
                    OR o.territory_id IN (
                        SELECT m.territory_id FROM partners_mandate m
                        WHERE m.user_id = (SELECT palier_user()) AND m.membership_id IS NOT NULL)"""

PUBLISHED_COUNT = Perimeter(
    "publishedcount",
    select=where(
        f"""publication_id IN (
            SELECT p.id FROM partners_publication p
            WHERE p.shares <@ ARRAY(
                SELECT s.landlord_id || ':' || s.commune_id FROM palier_shared_anywhere(p.territory_id) s)
            AND (p.territory_id = ANY ((SELECT palier_ids('palier.territories'))::bigint[])
                OR (p.withdrawn_at IS NULL AND p.circle_id = ANY ((SELECT palier_ids('palier.circles'))::bigint[])
                    AND p.territory_id NOT IN ({_COUNTS_ELSEWHERE})))
        )""",
        "agreements with the territory of `publication_id` open each landlord and commune of its `shares`, and they coordinate "
        "that territory, or they are a member of the circle, it was not withdrawn, and no other territory that they coordinate, or "
        "ever accepted a mandate in, has a commune in common with it",
    )
    | system("seeding"),
    write=within(
        "publication_id", "p.id", "partners_publication p", coordinates("p.territory_id") | system("seeding")
    ),
)

# A campaign has one release: nobody adds one of another territory's campaign, which would keep it from its own. What is done
# stays the organisation's that released it, also once the territory is another one's.
_OF_ITS_CAMPAIGN = where(
    """closing_id IN (SELECT c.id FROM classification_closing c JOIN classification_campaign k ON k.id = c.campaign_id
            WHERE k.id = partners_plenaryrelease.campaign_id AND c.territory_id = partners_plenaryrelease.territory_id
                AND k.territory_id = partners_plenaryrelease.territory_id)""",
    "`campaign_id` and `closing_id` are of `territory_id`",
)
_OF_ITS_ORGANISATION = where(
    "organisation_id IN (SELECT t.organisation_id FROM sites_territory t WHERE t.id = partners_plenaryrelease.territory_id)",
    "`organisation_id` is that of `territory_id`",
)
_RELEASED = where("state = 'done'", "it is done")
# Whoever it is about and the partners of its territory keep what left the circles: it is public, and nothing closes it.
PLENARY_RELEASE = Perimeter(
    "plenaryrelease",
    select=coordinates()
    | (
        _RELEASED
        & (
            where(
                "landlords && (SELECT palier_ids('palier.lead_of'))::bigint[]", "they lead one of `landlords`"
            )
            | within(
                "territory_id",
                "c.territory_id",
                "partners_circle c",
                among("c.id", "palier.circles", "they are a member of it"),
            )
        )
    )
    | system("jobs", "seeding"),
    insert=(coordinates() & _OF_ITS_CAMPAIGN & _OF_ITS_ORGANISATION) | system("seeding"),
    update=(coordinates() & _OF_ITS_CAMPAIGN & (_RELEASED | _OF_ITS_ORGANISATION))
    | system("jobs", "seeding"),
    delete=coordinates() | system("seeding"),
)

_ISSUED = where("issued_at IS NOT NULL", "it was issued")
_STANDS = where("withdrawn_at IS NULL", "it was not withdrawn")

SYNTHESIS_NOTE = Perimeter(
    "note",
    select=system("jobs", "seeding")
    | (_ISSUED & _STANDS & leads("landlord_id"))
    | (
        (
            coordinates()
            | (
                _STANDS
                & within(
                    "id",
                    "c.note_id",
                    "partners_notecopy c",
                    where("c.until >= (SELECT palier_today())", "its last day has not passed"),
                )
            )
        )
        & where(
            """shares <@ ARRAY(
                SELECT s.landlord_id || ':' || s.commune_id FROM palier_shared_anywhere(partners_synthesisnote.territory_id) s)""",
            "agreements with its territory open each landlord and commune of `shares`",
        )
    ),
    write=coordinates() | system("jobs", "seeding"),
    # A note that closed with what is shared no more is withdrawn all the same; no page shows what it says.
    also=(
        Policy("note_withdrawing", "SELECT", _ISSUED & system("withdrawing")),
        Policy("note_withdrawing_update", "UPDATE", _ISSUED & system("withdrawing")),
    ),
)

_OF_COORDINATED = within(
    "mandate_id", "m.id", "partners_mandate m", coordinates("m.territory_id") | system("seeding")
)

NOTE_COPY = Perimeter(
    "notecopy",
    select=(
        where("revoked_at IS NULL", "it was not revoked")
        & within(
            "mandate_id",
            "m.id",
            "partners_mandate m",
            person("m.user_id")
            & among("m.circle_id", "palier.circles", "they are a member of its circle")
            & live("m."),
        )
    )
    | _OF_COORDINATED,
    write=_OF_COORDINATED,
)

WITHDRAWAL = Perimeter(
    "withdrawal",
    select=coordinates()
    | visible("publication_id", "p.id", "partners_publication p", "its publication")
    | visible("note_id", "c.note_id", "partners_notecopy c", "a copy of its note")
    | leads("landlord_id")
    | system("seeding"),
    insert=coordinates() | system("seeding"),
    update=coordinates() | system("seeding"),
)

_OF_WITHDRAWN = within(
    "withdrawal_id", "w.id", "partners_withdrawal w", coordinates("w.territory_id") | system("seeding")
)

NOTICE = Perimeter(
    "notice",
    select=(person("user_id") & visible("withdrawal_id", "w.id", "partners_withdrawal w", "its withdrawal"))
    | _OF_WITHDRAWN,
    insert=_OF_WITHDRAWN,
    update=person("user_id") | _OF_WITHDRAWN,
)


def _of_circle_kind(alias: str = "") -> Predicate:
    return where(f"palier_is_circle_kind({alias}kind)", "its kind is one that circles have")


# An invitation looks up the person and gives the role of partner in a system scope; a coordinator reads the
# organisations of the members of their own circles.
_PARTNER = where("role = 'partner'", "the role is partner")

add_policies("accounts_user", Policy("user_invite", "SELECT", system("invitation")))

add_policies(
    "accounts_organisation",
    Policy("organisation_invite", "SELECT", system("invitation") & _of_circle_kind()),
    Policy("organisation_invite_insert", "INSERT", system("invitation") & _of_circle_kind()),
    Policy(
        "organisation_of_circle",
        "SELECT",
        among(
            "id", "palier.circle_organisations", "somebody was invited from it to a circle they coordinate"
        ),
    ),
)

add_policies(
    "accounts_membership",
    Policy("membership_invite", "SELECT", system("invitation") & _PARTNER),
    Policy(
        "membership_of_circle",
        "SELECT",
        _PARTNER & within("id", "m.membership_id", "partners_mandate m", coordinates("m.territory_id")),
    ),
)

# Whoever invites a partner proposes them the role, and nothing else; what becomes of it is told to the inviting coordinators.
_OF_INVITING = _PARTNER & among("inviting_id", "palier.coordinator_of", "they coordinate for `inviting_id`")
add_policies(
    "accounts_proposal",
    Policy("proposal_invite", "SELECT", system("invitation") & _PARTNER),
    Policy(
        "proposal_invite_insert",
        "INSERT",
        system("invitation")
        & _PARTNER
        & within("organisation_id", "o.id", "accounts_organisation o", _of_circle_kind("o.")),
    ),
    Policy("proposal_of_circle", "SELECT", _OF_INVITING),
    Policy("proposal_of_circle_update", "UPDATE", _OF_INVITING),
)

# A member who has yet to accept the charter sees no circle, but whose charter it is.
add_policies(
    "sites_territory",
    Policy(
        "territory_of_mandate",
        "SELECT",
        within(
            "id",
            "m.territory_id",
            "partners_mandate m",
            person("m.user_id") & where("m.membership_id IS NOT NULL", "they have accepted it") & live("m."),
        ),
    ),
)

# Whoever withdraws a publication or a note looks up, in a system scope, who had opened it.
add_policies(
    "accounts_auditentry",
    Policy(
        "auditentry_select_readers",
        "SELECT",
        where(
            "action::text IN ('read', 'export', 'download', 'refused')",
            "it tells of a reading, or of one that was refused",
        )
        & where(
            "object_type::text IN ('partners.publication', 'partners.publishedsite', 'partners.synthesisnote', "
            "'partners.notecopy')",
            "of a publication or a note",
        )
        & system("readers"),
    ),
)

# What landlords share with any territory is read inside palier_shared_anywhere() alone, which runs as the tables' owner.
for _table, _name in (
    ("sites_sharingagreement", "agreement"), ("sites_agreementterms", "terms"), ("sites_territory", "territory"),
):  # fmt: skip
    _in_sharing = where("true", "they are the owner of the tables, in `palier_shared_anywhere()`")
    add_policies(_table, Policy(f"{_name}_for_sharing", "SELECT", _in_sharing, role="palier_owner"))
