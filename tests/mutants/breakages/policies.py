"""Breakages of the policies: who sees and writes which rows."""

from tests.mutants import Mutant

_PERIMETER = ("tests/test_perimeter.py",)
_SHARED = "(landlord_id, commune_id) IN (SELECT s.landlord_id, s.commune_id FROM palier_shared() s)"
_INITIAL = "policies/0001_initial.sql"
_TERMS = "sites/policies/0019_agreement_terms.sql"
_SEALED = "sites/policies/0022_seal.sql"
_GIVEN = "partners/policies/0017_agreement_terms.sql"


def _without_commune(name: str, what: str, file: str, policy: str) -> Mutant:
    return Mutant(
        f"policies:{name}-without-commune",
        f"A coordinator sees {what} in the communes of the territory alone.",
        file,
        _SHARED,
        "landlord_id IN (SELECT s.landlord_id FROM palier_shared() s)",
        _PERIMETER,
        after=f"CREATE POLICY {policy} ",
    )


def _sql(name: str, promise: str, file: str, old: str, new: str, *tests: str, after: str = "") -> Mutant:
    return Mutant(f"policies:{name}", promise, file, old, new, tests or _PERIMETER, after)


_ROLES = "accounts/policies/0018_proposals.sql"
_CHARTERS = "partners/policies/0019_charters.sql"
_JOINED = "partners/policies/0022_mandates_of_a_council.sql"
_SCOPED = "partners/policies/0020_seal.sql"
_HELD = "accounts/policies/0020_roles_held.sql"
_GUARD = "accounts/policies/0032_who_confirms_now.sql"
_TAKEN = "tests/accounts/test_roles_held.py::"
_TRIED = "tests/accounts/test_proposals.py::"

MUTANTS = (
    _without_commune("level", "levels", f"classification/{_INITIAL}", "sitelevel_select"),
    _without_commune("finding", "findings", f"classification/{_INITIAL}", "finding_select"),
    _without_commune("residence", "residences", f"sites/{_INITIAL}", "residence_select"),
    _without_commune("address", "addresses", f"sites/{_INITIAL}", "address_select"),
    _without_commune("fact", "facts", f"incidents/{_INITIAL}", "incident_select"),
    _without_commune("observation", "standing observations", f"incidents/{_INITIAL}", "observation_select"),
    _without_commune("disruption", "disruptions", f"incidents/{_INITIAL}", "disruption_select"),
    _sql(
        "fact-without-landlord", "A coordinator sees the facts of landlords that signed alone.",
        f"incidents/{_INITIAL}", _SHARED, "commune_id IN (SELECT s.commune_id FROM palier_shared() s)",
        after="CREATE POLICY incident_select ",
    ),
    _sql(
        "pair-taken-apart", "A landlord that signed and a commune of the territory must belong together.",
        f"incidents/{_INITIAL}", _SHARED,
        "(landlord_id IN (SELECT s.landlord_id FROM palier_shared() s)"
        " AND commune_id IN (SELECT s.commune_id FROM palier_shared() s))", "tests/test_perimeter.py::test_a_landlord_and_a_commune_of_two_territories_do_not_make_a_pair",
        after="CREATE POLICY incident_select ",
    ),
    _sql(
        "level-of-nobody", "Without a scope there are no rows.", f"classification/{_INITIAL}",
        "(SELECT palier_is_system('evaluation', 'seeding'))",
        "(SELECT palier_user()) IS NULL", "tests/test_perimeter.py::test_without_a_scope_there_are_no_rows", after="CREATE POLICY sitelevel_select ",
    ),
    _sql(
        "level-written-by-people", "Nobody but the evaluation writes a level.", f"classification/{_INITIAL}",
        "(SELECT palier_is_system('evaluation'))",
        "(SELECT palier_user()) IS NOT NULL OR (SELECT palier_is_system('evaluation'))", "tests/test_perimeter.py::test_coordinator_reads_facts_and_writes_none",
        after="CREATE POLICY sitelevel_update ",
    ),
    _sql(
        "narrative-to-coordinators", "What is told of a fact is read by its landlord alone.",
        f"incidents/{_INITIAL}",
        "WHERE i.landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[])",
        "WHERE true OR i.landlord_id = ANY ((SELECT palier_ids('palier.landlords'))::bigint[])", "tests/test_perimeter.py::test_narratives_are_the_landlords_alone",
        after="CREATE POLICY narrative_all ",
    ),
    _sql(
        "history-to-coordinators", "Earlier states of a fact are read by its landlord alone.",
        f"incidents/{_INITIAL}", "(SELECT palier_is_system('incident_import', 'seeding'))",
        "(SELECT palier_user()) IS NOT NULL OR (SELECT palier_is_system('incident_import', 'seeding'))", "tests/test_perimeter.py::test_earlier_states_of_a_fact_are_the_landlords_alone",
        after="CREATE POLICY incident_history_all ",
    ),
    _sql(
        "confirmation-to-everybody", "A confirmation is seen as far as its observation.",
        f"incidents/{_INITIAL}", "observation_id IN (SELECT o.id FROM incidents_standingobservation o)",
        "observation_id IS NOT NULL", "tests/test_perimeter.py::test_a_confirmation_is_seen_as_far_as_its_observation", after="CREATE POLICY confirmation_select ",
    ),
    _sql(
        "fact-written-anywhere", "Nobody records for another landlord.", f"incidents/{_INITIAL}",
        "(SELECT palier_is_system('incident_import', 'seeding'))",
        "(SELECT palier_user()) IS NOT NULL OR (SELECT palier_is_system('incident_import', 'seeding'))", "tests/test_perimeter.py::test_nobody_writes_for_another_landlord",
        after="CREATE POLICY incident_insert ",
    ),
    _sql(
        "fact-changed-by-coordinators", "A coordinator reads facts and writes none.", f"incidents/{_INITIAL}",
        "(SELECT palier_is_system('incident_import', 'seeding'))",
        "(SELECT palier_user()) IS NOT NULL OR (SELECT palier_is_system('incident_import', 'seeding'))", "tests/test_perimeter.py::test_coordinator_reads_facts_and_writes_none",
        after="CREATE POLICY incident_update ",
    ),
    _sql(
        "agreement-that-ended", "Ending an agreement cuts the coordinator at once.",
        _SEALED, "(a.ends_on IS NULL OR a.ends_on > (SELECT palier_today()))", "true", "tests/test_perimeter.py::test_ending_an_agreement_cuts_the_coordinator_at_once",
    ),
    _sql(
        "commune-that-the-territory-left", "An agreement opens the communes that the territory has alone.", _SEALED,
        "JOIN sites_territory_communes c ON c.territory_id = f.territory_id AND c.commune_id = ANY (f.communes)",
        "CROSS JOIN LATERAL (SELECT unnest(f.communes) AS commune_id) c",
        "tests/sites/test_agreement_rule.py",
    ),
    _sql(
        "commune-that-no-landlord-named", "What a territory gains is shared by nobody until the landlord names it.",
        _SEALED, "AND c.commune_id = ANY (f.communes)", "", "tests/sites/test_agreement_rule.py",
        "tests/test_perimeter.py::test_what_an_agreement_does_not_open_is_its_landlords_alone",
    ),
    _sql(
        "council-that-was-not-signed-for", "A territory's new council sees nothing until the landlord agrees.", _SEALED,
        "said.organisation_id = t.organisation_id AND said.kind = t.kind\n            AND", "", "tests/sites/test_agreement_rule.py",
    ),
    _sql(
        "kind-of-council-that-was-not-signed-for", "A council of another kind sees nothing until the landlord agrees.",
        _SEALED, "AND said.kind = t.kind", "", "tests/sites/test_agreement_rule.py",
    ),
    _sql(
        "word-of-before", "The last word of a landlord counts.", _SEALED, "ORDER BY s.id DESC LIMIT 1", "ORDER BY s.id LIMIT 1",
        "tests/sites/test_agreement_rule.py",
    ),
    _sql(
        "terms-said-for-another", "Nobody says what another's landlord shares.", _TERMS,
        "landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[])",
        "(SELECT palier_ids('palier.admin_of')) <> '{}' OR (SELECT palier_ids('palier.lead_of')) <> '{}'",
        "tests/sites/test_agreement_rule.py", after="CREATE POLICY terms_insert ",
    ),
    _sql(
        "published-site-in-a-commune-taken-out", "What was published goes with the commune that a landlord takes out.",
        _GIVEN, "(publication_id, shared_by_id, shared_in_id) IN (\n            SELECT p.id, s.landlord_id, s.commune_id FROM",
        "(publication_id, shared_by_id) IN (\n            SELECT p.id, s.landlord_id FROM",
        "tests/partners/test_shared_communes.py",
    ),
    _sql(
        "assignment-that-narrows-nothing", "An agent with assignments sees those residences alone.",
        _SEALED,
        "AND NOT EXISTS (SELECT 1 FROM sites_residenceassignment a WHERE a.membership_id = m.id)", "", "tests/test_perimeter.py::test_agent_with_assignments_sees_those_residences_only",
    ),
    _sql(
        "membership-that-ended", "Ending a membership cuts its holder at once.",
        "accounts/policies/0024_seal.sql", "(m.ends_on IS NULL OR m.ends_on > palier_today())", "true", "tests/test_perimeter.py::test_ending_a_membership_cuts_its_holder_at_once",
    ),
    _sql(
        "mandate-that-ended", "Ending a mandate closes its circle.", _JOINED,
        "AND m.starts_on <= (SELECT palier_today()) AND (m.ends_on IS NULL OR m.ends_on > (SELECT palier_today()))\n            AND m.council_id",
        "AND m.starts_on <= (SELECT palier_today())\n            AND m.council_id", "tests/test_perimeter.py::test_ending_a_mandate_or_its_circle_closes_it",
    ),
    _sql(
        "mandate-to-come", "A mandate of tomorrow opens nothing today.", _JOINED,
        "AND m.starts_on <= (SELECT palier_today()) AND (m.ends_on", "AND (m.ends_on", "tests/test_perimeter.py::test_mandate_of_tomorrow_opens_nothing_today",
    ),
    _sql(
        "circle-that-ended", "Ending a circle cuts its members.", _CHARTERS,
        "starts_on <= (SELECT palier_today()) AND (ends_on IS NULL OR ends_on > (SELECT palier_today())) AND id IN (SELECT j.circle_id",
        "id IN (SELECT j.circle_id", "tests/partners/test_circles.py::test_what_ends_cuts_an_open_session",
    ),
    _sql(
        "mandate-of-a-former-partner", "A mandate needs the partner's membership it was given for.", _JOINED,
        "AND b.starts_on <= (SELECT palier_today()) AND (b.ends_on IS NULL OR b.ends_on > (SELECT palier_today()))", "",
        "tests/partners/test_circles.py::test_who_leaves_the_service_a_mandate_was_given_for_leaves_the_circle",
    ),
    _sql(
        "mandate-of-a-role-given-back", "A mandate rests on one role, and not on the same given again.", _JOINED,
        "ON b.id = m.membership_id", "ON b.user_id = m.user_id",
        "tests/partners/test_circles.py::test_the_role_and_the_mandate_end_together_and_neither_brings_the_other_back",
    ),
    _sql(
        "circle-without-charter", "A mandate counts once the current charter is accepted.", _JOINED,
        "WHERE a.charter_id = c.id AND a.user_id = m.user_id", "WHERE a.user_id = m.user_id",
        "tests/partners/test_charters.py::test_each_new_text_closes_the_circle_until_it_is_accepted",
    ),
    _sql(
        "account-of-who-is-invited", "An account is read by a coordinator once its person has accepted.", _SCOPED,
        " FILTER (WHERE m.membership_id IS NOT NULL)", "",
        "tests/partners/test_circles.py::test_a_coordinator_learns_nothing_of_an_address_by_inviting_it",
    ),
    _sql(
        "mandate-accepted-by-another", "Nobody accepts a mandate for another.", _JOINED,
        "OLD.membership_id IS NULL AND NEW.user_id = palier_user() AND EXISTS (", "OLD.membership_id IS NULL OR EXISTS (",
        "tests/partners/test_circles.py::test_the_database_lets_nobody_accept_or_change_a_mandate_for_its_person",
    ),
    _sql(
        "site-after-the-agreement", "Published sites are seen while their landlord shares.",
        _GIVEN, "(publication_id, shared_by_id, shared_in_id) IN (\n            SELECT p.id, s.landlord_id, s.commune_id FROM",
        "(publication_id, shared_in_id) IN (\n            SELECT p.id, s.commune_id FROM",
        "tests/partners/test_publications.py::test_a_landlord_that_stops_sharing_leaves_what_was_published",
    ),
    _sql(
        "note-after-the-agreement", "A note is seen while every landlord it speaks of shares.",
        "partners/policies/0024_copies_end.sql", "AND shares <@ ARRAY(", "AND shares IS NOT NULL OR shares <@ ARRAY(",
        "tests/partners/test_notes.py::test_a_note_ends_with_an_agreement_it_rests_on",
    ),
    _sql(
        "copy-taken-back", "A copy that was taken back is gone at once.", f"partners/{_INITIAL}",
        "(revoked_at IS NULL AND mandate_id IN (", "(mandate_id IN (", "tests/partners/test_notes.py::test_a_revoked_copy_is_gone_at_once",
    ),
    _sql(
        "publication-to-any-landlord", "A lead reads the publications that hold sites of the own landlord alone.",
        "partners/policies/0005_landlords.sql",
        "AND landlords && (SELECT palier_ids('palier.lead_of'))::bigint[]", "",
        "tests/partners/test_publications.py::test_a_landlord_that_signs_alone_reads_nothing_of_the_others",
    ),
    _sql(
        "copy-outside-the-circle", "A copy goes to a member of the circle the note was issued to.",
        "partners/policies/0003_copies.sql", "WHERE n.id = NEW.note_id AND m.id = NEW.mandate_id",
        "WHERE true", "tests/partners/test_notes.py::test_a_copy_goes_to_no_member_of_another_circle_of_the_territory",
    ),
    _sql(
        "entry-signed-for-another", "Nobody signs an entry of the journal for somebody else.",
        "accounts/policies/0024_seal.sql", "actor_id = (SELECT palier_user())", "actor_id IS NOT NULL",
        "tests/accounts/test_audit.py::test_nobody_signs_for_somebody_else", after="CREATE POLICY auditentry_insert ",
    ),
    _sql(
        "journal-of-another", "A journal is read by its organisation's people.", f"accounts/{_INITIAL}",
        "organisation_id = ANY ((SELECT palier_ids('palier.dpo_of'))::bigint[])",
        "(SELECT palier_ids('palier.dpo_of')) <> '{}'", "tests/accounts/test_audit.py::test_lead_and_dpo_read_their_own_organisations_entries",
        after="CREATE POLICY auditentry_select ",
    ),
    _sql(
        "role-given-by-a-lead", "A lead proposes no other role than that of agent.", _ROLES,
        "organisation_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[]) AND role = 'agent'",
        "organisation_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[])",
        "tests/accounts/test_people.py::test_the_database_lets_a_lead_propose_no_role_but_agent",
        after="CREATE POLICY proposal_insert ",
    ),
    _sql(
        "role-nobody-accepted", "Nobody holds a role that they did not accept.", _ROLES,
        "p.state = 'accepted' AND p.membership_id IS NULL",
        "p.membership_id IS NULL",
        _TRIED + "test_the_database_lets_nobody_hold_what_they_did_not_accept",
    ),
    _sql(
        "role-held-twice", "A role that was accepted once is held once.", _ROLES,
        "p.state = 'accepted' AND p.membership_id IS NULL",
        "p.state = 'accepted'",
        _TRIED + "test_an_answer_is_given_once_and_by_its_person_alone",
    ),
    _sql(
        "role-of-both-sides", "Partners and administrators hold no role of a landlord.", _HELD,
        "OR of_partner AND m.role IN ('agent', 'lead'))",
        ")",
        _TRIED + "test_the_database_keeps_the_two_sides_apart_whoever_writes",
    ),
    _sql(
        "role-given-back", "A role that ended is not given back.", _HELD,
        "OR coalesce(NEW.ends_on, 'infinity') > coalesce(OLD.ends_on, 'infinity')",
        "",
        _TRIED + "test_a_role_that_ended_is_not_given_back_nor_changed",
    ),
    _sql(
        "role-without-a-word", "The gift of an administrator waits for the organisation's word.", _GUARD,
        "ELSE palier_who_confirms(NEW.organisation_id, NEW.role, ARRAY[NEW.user_id, NEW.proposed_by_id]) END",
        "ELSE 'none' END",
        _TRIED + "test_the_database_itself_decides_that_a_gift_needs_a_confirmation",
    ),
    _sql(
        "door-of-a-closed-account", "A lead whose account is closed opens no door.", _HELD,
        "THEN 'awaited' ELSE 'officer' END", "THEN 'awaited' ELSE 'nobody' END",
        _TAKEN + "test_a_lead_who_left_lately_or_whose_account_is_closed_opens_no_door",
    ),
    _sql(
        "door-of-a-lead-who-left", "A lead who left lately opens no door.", _HELD,
        "palier_today() - 30)", "palier_today())",
        _TAKEN + "test_a_lead_who_left_lately_or_whose_account_is_closed_opens_no_door",
    ),
    _sql(
        "kind-relied-on", "The kind of an organisation stays once something rests on it.",
        "accounts/policies/0031_kind_corrected.sql", "IF resting <> '{}' THEN", "IF false THEN",
        "tests/accounts/test_kinds.py::test_what_rests_on_a_kind_is_named_and_the_kind_stays",
    ),
    _sql(
        "end-of-others", "That a record was there is told to those alone whose organisation it was of.",
        "accounts/journal/settled.py", "                organisation__in=own,\n", "",
        "tests/test_settled.py::test_what_a_colleague_settled_is_told_and_leads_on",
    ),
    _sql(
        "officer-beside-a-lead", "The officer gives no word where the lead is there to give it.", _GUARD,
        "OR palier_officer_confirms(NEW.organisation_id, NEW.role, ARRAY[NEW.user_id, NEW.proposed_by_id]))", "OR true)",
        _TAKEN + "test_the_officer_is_asked_once_the_last_lead_is_gone_and_told_so",
    ),
    _sql(
        "officer-without-a-word", "A data protection officer needs the organisation's word.", _GUARD,
        "'coordinator', 'dpo') THEN 'none'", "'coordinator') THEN 'none'",
        _TAKEN + "test_a_role_of_data_protection_officer_needs_the_word_of_the_organisation",
    ),
    _sql(
        "role-in-the-past", "A role is taken from today.", _HELD,
        "IF (NEW.starts_on, NEW.ends_on) IS DISTINCT FROM (palier_today(), NULL) THEN", "IF false THEN",
        _TAKEN + "test_an_accepted_proposal_is_used_up_by_one_role_that_begins_today",
    ),
    _sql(
        "role-deleted", "A role that was held stays written down.", _HELD,
        "(SELECT palier_is_system('seeding'))", "(SELECT palier_ids('palier.admin_of')) <> '{}'",
        _TAKEN + "test_nobody_deletes_a_role_or_has_it_end_in_the_past",
        after="CREATE POLICY membership_delete ",
    ),
    _sql(
        "more-than-foreseen", "An agent sees no more than was foreseen.", "sites/policies/0022_seal.sql",
        "p.membership_id = m.id AND jsonb_path_exists", "false AND jsonb_path_exists",
        _TAKEN + "test_an_agent_sees_no_more_than_was_foreseen_until_the_lead_says_so",
    ),
    _sql(
        "agreement-revived", "An agreement that ended is not revived.", "sites/policies/0021_agreements_only_end.sql",
        "OR coalesce(NEW.ends_on, 'infinity') > coalesce(OLD.ends_on, 'infinity')", "",
        "tests/sites/test_agreement_rule.py::test_an_agreement_only_ever_ends_whoever_writes",
    ),
    _sql(
        "invitation-to-any-role", "An invitation to a circle makes partners, and nothing else.", "partners/policies/0018_partners_accept.sql",
        "(SELECT palier_is_system('invitation')) AND role = 'partner' AND",
        "(SELECT palier_is_system('invitation')) AND",
        "tests/partners/test_circles.py::test_the_invitation_scope_gives_no_other_role",
        after="CREATE POLICY proposal_invite_insert ",
    ),
    _sql(
        "token-of-another", "A lead keeps the tokens of the own landlord alone.", "accounts/policies/0010_login.sql",
        "organisation_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[])",
        "(SELECT palier_ids('palier.lead_of')) <> '{}'",
        "tests/test_access.py::test_what_is_anothers_does_not_exist[accounts:revoke_token]", after="CREATE POLICY apitoken_all ",
    ),
    _sql(
        "view-of-another", "Each person's saved views are nobody else's.", "accounts/policies/0005_saved_views.sql",
        "owner_id = (SELECT palier_user())", "(SELECT palier_user()) IS NOT NULL", "tests/accounts/test_lists.py",
    ),
    _sql(
        "name-of-a-partner", "A lead corrects no name of somebody who is more than an agent.",
        "accounts/policies/0008_names.sql", "WHERE m.role <> 'agent' AND", "WHERE false AND",
        "tests/accounts/test_people.py::test_the_database_lets_naming_change_nobody_who_is_more_than_an_agent",
    ),
    _sql(
        "assignment-across-landlords", "A residence is assigned to its own landlord's agents alone.",
        "sites/policies/0020_residences_of_invited_agents.sql",
        "JOIN sites_residence r ON r.landlord_id = m.organisation_id",
        "JOIN sites_residence r ON true", "tests/accounts/test_several_roles.py::test_an_agent_is_not_assigned_to_another_landlords_residence", after="CREATE POLICY assignment_insert ",
    ),
    _sql(
        "agreement-signed-for-another", "A lead signs for the own landlord alone.", f"sites/{_INITIAL}",
        "landlord_id = ANY ((SELECT palier_ids('palier.lead_of'))::bigint[])",
        "(SELECT palier_ids('palier.lead_of')) <> '{}'", "tests/test_perimeter.py::test_lead_sees_every_council_it_might_sign_with_and_signs_for_itself_alone", after="CREATE POLICY agreement_insert ",
    ),
    _sql(
        "mandate-of-another-council", "A mandate counts under the council in whose name it was given alone.",
        _JOINED,
        "            AND m.council_id = (SELECT t.organisation_id FROM sites_territory t WHERE t.id = m.territory_id)\n", "",
        "tests/partners/test_circles.py::test_a_mandate_counts_only_under_the_council_in_whose_name_it_was_given",
    ),
    _sql(
        "mandate-carried-over", "A mandate is carried over to no other council.",
        _JOINED,
        "NEW.starts_on, NEW.council_id) IS DISTINCT FROM", "NEW.starts_on, OLD.council_id) IS DISTINCT FROM",
        "tests/partners/test_circles.py::test_a_mandate_counts_only_under_the_council_in_whose_name_it_was_given",
    ),
)  # fmt: skip
