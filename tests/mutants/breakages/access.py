"""Breakages of the doors: who opens which page, and what is one's own there."""

from tests.mutants import Mutant

_MATRIX = (
    "tests/test_access.py::test_each_method_answers_those_declared_and_nobody_else",
    "tests/test_access.py::test_what_is_anothers_does_not_exist",
)
_SHOWN = "tests/test_shown.py"


def _door(name: str, promise: str, file: str, old: str, new: str, *tests: str, after: str = "") -> Mutant:
    return Mutant(f"access:{name}", promise, file, old, new, tests or _MATRIX, after)


MUTANTS = (
    _door(
        "no-role-asked-for", "A page answers 403 to whoever holds none of its roles.", "accounts/access.py",
        "if not request.scope.has(*roles):", "if not roles:", "tests/test_access.py::test_each_method_answers_those_declared_and_nobody_else[accounts:tokens]",
    ),
    _door(
        "tokens-for-everybody", "Tokens are kept by leads.", "accounts/tokens/views.py",
        "@for_roles(Role.LEAD)", "@for_roles(*Role)", "tests/test_access.py::test_each_method_answers_those_declared_and_nobody_else[accounts:tokens]", after="Manage the tokens with which",
    ),
    _door(
        "territories-for-leads", "Territories are kept by administrators.", "sites/sharing/views.py",
        "@for_roles(Role.ADMIN)", "@for_roles(Role.ADMIN, Role.LEAD)", "tests/test_access.py::test_each_method_answers_those_declared_and_nobody_else[sites:create_territory]", after="def undo_communes(",
    ),
    _door(
        "circle-of-another-territory", "A coordinator manages the circles of the own territory alone.",
        "partners/circles/managing.py",
        'lookup = {f"{path}territory__organisation_id__in": request.scope.roles[Role.COORDINATOR], "pk": pk}',
        'lookup = {"pk": pk}', "tests/partners/test_circles.py::test_a_member_elsewhere_manages_nothing_there",
    ),
    _door(
        "facts-of-others-as-own", "A coordinator corrects no fact of a landlord.", "sites/perimeter.py",
        "return is_of_own_landlord(landlord) | is_assigned(residence)",
        "return Q(pk__isnull=False)", "tests/incidents/test_facts_list.py::test_coordinator_reads_structure_and_never_the_rest", "tests/incidents/test_facts_list.py::test_two_roles_do_not_mix",
    ),
    _door(
        "addresses-of-others-placed", "A lead who coordinates too places the addresses of the own landlord alone.",
        "sites/geocoding/placing.py", "Address.objects.apart().filter(is_led())", "Address.objects.apart()",
        "tests/accounts/test_several_roles.py::test_a_lead_who_also_coordinates_places_the_own_addresses_alone",
    ),
    _door(
        "copy-served-to-another", "A copy is rendered for its holder alone.", "partners/notes/views.py",
        "pk=pk, revoked_at=None, mandate__user_id=request.scope.person_id)", "pk=pk, revoked_at=None)",
        "tests/partners/test_notes.py::test_a_coordinator_who_is_a_member_too_opens_the_own_copy_alone",
    ),
    _door(
        "copy-served-when-taken-back", "A copy that was taken back is not rendered for its holder.",
        "partners/notes/views.py", "pk=pk, revoked_at=None, mandate", "pk=pk, mandate", "tests/partners/test_notes.py::test_a_coordinator_who_is_a_member_too_opens_the_own_copy_alone",
    ),
    _door(
        "confidential-columns-read", "What is confidential of a fact is not read for a coordinator.",
        "incidents/querysets.py", ".defer(*CONFIDENTIAL)", ".defer()", "tests/test_shown.py::test_what_is_confidential_of_a_fact_is_never_read_for_a_coordinator",
    ),
    _door(
        "confidential-columns-in-files", "A coordinator's file has no confidential column.",
        "incidents/facts/list_views.py", "own = request.scope.has(Role.AGENT, Role.LEAD)", "own = True", "tests/test_shown.py::test_what_is_confidential_of_a_fact_is_never_read_for_a_coordinator",
    ),
    _door(
        "confidential-of-others-in-files", "A confidential column is left empty on facts of others.",
        "incidents/files.py", "return lambda row: read(row) if row.own else None",
        "return read", "tests/incidents/test_facts_list.py::test_two_roles_do_not_mix",
    ),
    _door(
        "cancelled-facts-of-others", "A coordinator sees no cancelled fact.", "incidents/querysets.py",
        "return self.filter(is_own() | models.Q(cancelled_at=None))", "return self.all()",
        "tests/incidents/test_facts_list.py::test_a_cancelled_fact_does_not_exist_for_a_coordinator",
    ),
    _door(
        "assignments-of-another-landlord", "A lead assigns the agents of the own landlord alone.",
        "sites/sharing/views.py", "led = Membership.objects.live().filter(organisation__in=request.scope.roles[Role.LEAD])", "led = Membership.objects.live()",
        "tests/accounts/test_several_roles.py::test_a_lead_of_one_landlord_does_not_assign_oneself_at_another",
    ),
    _door(
        "pages-without-login", "A page asks for a login unless it is marked as public.", "config/settings/base.py",
        '    "portal.unsent.KeepingLoginMiddleware",\n', "", "tests/test_access.py::test_each_method_answers_those_declared_and_nobody_else[guide]",
    ),
    _door(
        "session-without-an-end", "A session ends after thirty idle minutes.", "accounts/middleware.py",
        "settings.SESSION_IDLE_AGENT_S if only_agent else settings.SESSION_IDLE_S", "settings.SESSION_IDLE_AGENT_S",
        "tests/portal/test_login.py::test_an_idle_session_ends",
    ),
    _door(
        "expired-token", "A token opens nothing from its last day on.", "accounts/tokens/authentication.py",
        ", expires_on__gt=timezone.localdate())", ")", "tests/incidents/test_api_incidents.py::test_expired_and_revoked_tokens_open_nothing",
    ),
    _door(
        "revoked-token", "A revoked token closes at once.", "accounts/tokens/authentication.py",
        "revoked_at=None, ", "", "tests/incidents/test_api_incidents.py::test_expired_and_revoked_tokens_open_nothing",
    ),
    _door(
        "token-kept-as-it-is", "Of a token a digest alone is kept.", "accounts/tokens/services.py",
        "return hashlib.sha256(token.encode()).hexdigest()", "return token[-64:]", "tests/accounts/test_tokens.py",
    ),
    _door(
        "last-administrator", "Somebody always administers.", "accounts/people/services.py",
        "        if not others:", "        if False:", "tests/accounts/test_people.py::test_the_last_administrator_cannot_go",
    ),
    _door(
        "name-of-another", "A lead corrects the names of the own agents alone.", "accounts/people/services.py",
        "return bool(held) and held <= {(Role.AGENT, own) for own in scope.roles.get(Role.LEAD, ())}",
        "return bool(held)", "tests/accounts/test_people.py::test_a_lead_corrects_no_name_but_an_agents",
    ),
    _door(
        "what-is-shared-with-another-territory", "A circle is given what is shared with its own territory alone.",
        "sites/perimeter.py", '" WHERE s.territory_id = %(territory)s)"',
        '" WHERE %(territory)s > 0)"', "tests/partners/test_publications.py::test_a_coordinator_of_two_territories_mixes_nothing",
    ),
)  # fmt: skip
