"""Declare who reads and writes the rows about people: the predicates of their policies, and the perimeters."""

from core.perimeter import (
    Perimeter,
    Policy,
    Predicate,
    add_policies,
    among,
    holds,
    person,
    system,
    where,
    within,
)


def leads(organisation: str = "organisation_id") -> Predicate:
    """Return the condition that the acting person leads the row's organisation."""
    return among(organisation, "palier.lead_of", f"they lead `{organisation}`")


def administers() -> Predicate:
    """Return the condition that the acting person is an administrator."""
    return holds("palier.admin_of", "they are an administrator")


def live(alias: str = "") -> Predicate:
    """Return the condition that a dated row has begun and not ended."""
    started, ends = f"{alias}starts_on <= (SELECT palier_today())", f"{alias}ends_on"
    return where(started, "it has begun") & where(
        f"({ends} IS NULL OR {ends} > (SELECT palier_today()))", "not ended"
    )


USER = Perimeter(
    "user",
    select=person("id")
    | among("id", "palier.users", "they gave the account a mandate")
    | administers()
    | system("authentication", "seeding")
    | within("id", "m.user_id", "accounts_membership m", leads("m.organisation_id")),
    insert=administers() | system("seeding", "invitation"),
    update=person("id") | administers() | system("seeding"),
    also=(
        Policy("user_select_journal", "SELECT", system("journal")),
        Policy("user_select_naming", "SELECT", system("naming")),
        Policy("user_select_mail", "SELECT", system("mail")),
        Policy("user_select_proposals", "SELECT", system("proposals")),
        Policy(
            "user_update_naming",
            "UPDATE",
            system("naming")
            & within(
                "id", "m.user_id", "accounts_membership m", where("m.role = 'agent'", "its role is agent")
            )
            & where(
                """id NOT IN (
                    SELECT m.user_id FROM accounts_membership m
                    WHERE m.role <> 'agent' AND (m.ends_on IS NULL OR m.ends_on > (SELECT palier_today()))
                )""",
                "every role it holds is agent",
            ),
        ),
    ),
)

GUIDED_VISIT = Perimeter("guidedvisit", everything=person("user_id") | system("seeding"))

ORGANISATION = Perimeter(
    "organisation",
    select=among("id", "palier.organisations", "they hold a role in it")
    | among("id", "palier.shared_organisations", "it shares with a territory they coordinate")
    | administers()
    | system("token", "evaluation", "stock_import", "incident_import", "seeding"),
    write=administers() | system("stock_import", "seeding"),
    also=(
        Policy("organisation_select_journal", "SELECT", system("journal")),
        Policy("organisation_select_mail", "SELECT", system("mail")),
        Policy("organisation_select_proposals", "SELECT", system("proposals")),
        Policy(
            "organisation_of_person",
            "SELECT",
            within("id", "m.organisation_id", "accounts_membership m", person("m.user_id")),
        ),
        # A trigger (0012_other_names.sql) keeps them from changing the name and the kind.
        Policy("organisation_update_lead", "UPDATE", leads("id")),
    ),
)

MEMBERSHIP = Perimeter(
    "membership",
    select=person("user_id") | leads() | administers() | system("seeding"),
    # Nobody gives a role: a person takes one that was proposed to them. It says once what it is, then it ends.
    insert=person("user_id")
    & where(
        """EXISTS (
        SELECT 1 FROM accounts_proposal p
        WHERE p.user_id = accounts_membership.user_id AND p.organisation_id = accounts_membership.organisation_id
            AND p.role = accounts_membership.role AND p.state = 'accepted' AND p.membership_id IS NULL
    )""",
        "they accepted a proposal of that role",
    )
    | system("seeding"),
    update=leads() & where("role = 'agent'", "the role is agent") | administers() | system("seeding"),
    delete=system("seeding"),
    also=(
        Policy("membership_select_journal", "SELECT", system("journal")),
        Policy("membership_select_naming", "SELECT", system("naming")),
        Policy("membership_select_mail", "SELECT", system("mail")),
        Policy("membership_select_proposals", "SELECT", system("proposals")),
    ),
)

_CONFIRMS = where("(role = 'coordinator' OR role = 'dpo')", "the role is coordinator or dpo") & among(
    "organisation_id", "palier.coordinator_of", "they coordinate for `organisation_id`"
) | (
    where("confirmation <> 'none'", "it needs the word of its organisation")
    & among("organisation_id", "palier.dpo_of", "they are its data protection officer")
)

PROPOSAL = Perimeter(
    "proposal",
    select=person("user_id") | leads() | _CONFIRMS | administers() | system("proposals", "mail", "seeding"),
    insert=(
        person("proposed_by_id") & (leads() & where("role = 'agent'", "the role is agent") | administers())
    )
    | system("seeding"),
    # A trigger (0020_roles_held.sql) says which of them may change what.
    update=person("user_id") | leads() | _CONFIRMS | administers() | system("proposals", "seeding"),
)

# Of an invitation by another landlord a lead learns nothing, whoever else invited the same person.
MAIL = Perimeter(
    "mail",
    select=leads()
    | among("inviting_id", "palier.coordinator_of", "they coordinate for `inviting_id`")
    | administers()
    | system("mail"),
    insert=system("mail"),
    update=system("mail"),
    delete=system("mail"),
)

API_TOKEN = Perimeter(
    "apitoken",
    everything=leads() | system("seeding"),
    also=(
        Policy("apitoken_select_token", "SELECT", system("token")),
        Policy("apitoken_update_token", "UPDATE", system("token")),
    ),
)

SAVED_VIEW = Perimeter("savedview", everything=person("owner_id"))

# What the triggers and functions of the journal read and write, as the owner of its tables.
_CHAIN = where(
    "current_user = (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'accounts_auditentry'::regclass)",
    "a function of the database does, which keeps the chain",
)


def _own_journal(organisation: str) -> Predicate:
    return among(
        organisation, "palier.dpo_of", f"they are the data protection officer of `{organisation}`"
    ) | leads(organisation)


# What goes into the journal too; the page of retention counts it.
ERASURE = Perimeter(
    "erasure",
    select=leads()
    | among("organisation_id", "palier.dpo_of", "they are the data protection officer of `organisation_id`")
    | system("retention"),
    insert=system("retention"),
)

AUDIT_ENTRY = Perimeter(
    "auditentry",
    select=_own_journal("organisation_id"),
    insert=person("actor_id")
    | (
        where("actor_id IS NULL", "nobody is named")
        & where("organisation_id = (SELECT palier_organisation())", "a program of `organisation_id` acts")
    )
    | (
        where("actor_id IS NULL", "nobody is named")
        & where("system = (SELECT palier_system())", "the entry names the system scope")
    ),
    also=(
        Policy(
            "auditentry_select_backup",
            "SELECT",
            where("action = 'export'", "it tells of an export")
            & where("object_type = 'backup'", "of a backup")
            & system("backup"),
        ),
        Policy(
            "auditentry_select_settled",
            "SELECT",
            where("action = 'cancel'", "it tells of an end") & system("settled"),
        ),
        Policy("auditentry_select_verification", "SELECT", system("verification")),
        Policy("auditentry_select_chain", "SELECT", _CHAIN, role="palier_owner"),
        Policy("auditentry_delete_chain", "DELETE", _CHAIN, role="palier_owner"),
    ),
)

# Whoever presents the key of a session reads and writes it; the backend of sessions writes the setting.
SESSION = Perimeter(
    "session",
    everything=where(
        "session_key = (SELECT current_setting('palier.session', true))", "its key was presented"
    ),
    also=tuple(
        Policy(
            f"session_{verb.lower()}_expired",
            verb,
            where("expire_date < now()", "it has expired") & system("sessions"),
        )
        for verb in ("SELECT", "DELETE")
    )
    + tuple(Policy(f"session_{verb.lower()}_own", verb, person("user_id")) for verb in ("SELECT", "DELETE")),
)

# The addresses that django-allauth keeps beside the accounts: the login looks for one, and the product writes none.
add_policies(
    "account_emailaddress",
    Policy("emailaddress_select", "SELECT", person("user_id") | system("authentication")),
)
add_policies(
    "account_emailconfirmation",
    Policy("emailconfirmation_select", "SELECT", system("authentication")),
)

# Numbers and digests, no content: whoever verifies the journals needs no right to read them.
AUDIT_LINK = Perimeter(
    "auditlink",
    select=_own_journal("journal") | system("verification"),
    also=(Policy("auditlink_all_chain", "ALL", _CHAIN, role="palier_owner"),),
)

AUDIT_CHECKPOINT = Perimeter(
    "auditcheckpoint",
    select=administers() | system("verification"),
    insert=system("verification"),
)

# A factor is its own person's; at the login, before anybody is known, it is read and no more.
add_policies(
    "mfa_authenticator",
    Policy("authenticator_all", "ALL", person("user_id") | system("seeding")),
    Policy("authenticator_select_authentication", "SELECT", system("authentication")),
)

# Whoever sees the account by its roles asks or answers; a trigger (0025_factor_resets.sql) keeps the two apart.
_IN_CHARGE = administers() | within(
    "user_id", "m.user_id", "accounts_membership m", leads("m.organisation_id") & live("m.")
)
FACTOR_RESET = Perimeter(
    "factorreset",
    select=_IN_CHARGE | system("factor_reset", "seeding"),
    insert=person("asked_by_id") & _IN_CHARGE | system("seeding"),
    update=_IN_CHARGE,
)

_ERASED = system("factor_reset") & within(
    "user_id",
    "r.user_id",
    "accounts_factorreset r",
    where(
        "r.state = 'done' AND r.answered_at > now() - interval '1 minute'",
        "two people decided it this minute",
    ),
)
for _table, _name in (("mfa_authenticator", "authenticator"), ("accounts_session", "session")):
    add_policies(
        _table,
        Policy(f"{_name}_select_reset", "SELECT", _ERASED),
        Policy(f"{_name}_delete_reset", "DELETE", _ERASED),
    )
