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
        "@for_roles(Role.ADMIN)", "@for_roles(Role.ADMIN, Role.LEAD)", "tests/test_access.py::test_each_method_answers_those_declared_and_nobody_else[sites:create_territory]", after="def territories(",
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
        "sites/geocoding/placing.py", "Address.objects.filter(is_led())", "Address.objects.all()",
        "tests/accounts/test_several_roles.py::test_a_lead_who_also_coordinates_places_the_own_addresses_alone",
    ),
    _door(
        "copy-served-to-another", "A copy is rendered for its holder alone.", "partners/notes/views.py",
        "pk=pk, revoked_at=None, mandate__user_id=request.scope.user_id)", "pk=pk, revoked_at=None)",
        "tests/partners/test_notes.py::test_a_coordinator_who_is_a_member_too_opens_the_own_copy_alone",
    ),
)  # fmt: skip
