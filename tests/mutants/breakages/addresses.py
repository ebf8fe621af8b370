"""Breakages of what addresses tell of the numbers of records."""

from tests.mutants import Mutant

_TESTS = "tests/test_addresses.py"
_LEAVES = f"{_TESTS}::test_no_page_tells_a_number_of_a_record"

MUTANTS = (
    Mutant(
        "addresses:number-in-a-choice", "Choices tell no number of a record.", "core/choices.py",
        "return written(kind, value) if type(value) is int else value", "return value",
        ("tests/core/test_choices.py::test_a_choice_is_offered_and_read_in_opaque_letters_and_a_kept_number_too",),
    ),
    Mutant(
        "addresses:number-in-a-link", "Links of invitations tell no number of an account.", "accounts/mail/links.py",
        'written("account", user.pk)', "str(user.pk)",
        ("tests/accounts/test_mail_links.py::test_a_link_tells_neither_how_many_accounts_nor_how_many_proposals_there_are",),
    ),
    Mutant(
        "addresses:plain-number", "Addresses hold no number of a record.", "partners/urls.py",
        '"exemplaires/<copy:pk>/document.pdf"', '"exemplaires/<int:pk>/document.pdf"',
        (f"{_TESTS}::test_only_tiles_have_plain_numbers_in_their_addresses",),
    ),
    Mutant(
        "addresses:plain-query", "A link to a list names a residence as addresses do.", "incidents/facts/links.py",
        "return written(_KINDS[name], value) if name in _KINDS and isinstance(value, int) else str(value)",
        "return str(value)", (_LEAVES,),
    ),
    Mutant(
        "addresses:plain-map", "The data of the map names a residence as addresses do.", "classification/map/viewport.py",
        'written("residence", residence), _rounded(lng)', "residence, _rounded(lng)", (_LEAVES,),
    ),
    Mutant(
        "addresses:plain-to-programs", "A program is given no number of a fact.", "incidents/facts/api_bodies.py",
        '"id": written("fact", incident.pk),', '"id": str(incident.pk),', (_LEAVES,),
    ),
    Mutant(
        "addresses:former-secret", "Addresses written before a change of SECRET_KEY still open.", "core/opaque.py",
        "for cipher in _ciphers():", "for cipher in _ciphers()[:1]:",
        (f"{_TESTS}::test_a_former_secret_is_read_and_not_written",),
    ),
    Mutant(
        "addresses:any-program-number", "A program asks for no fact by its plain number.", "core/opaque.py",
        "            return 0\n", "            return int(value) if value.isdecimal() else 0\n",
        ("tests/incidents/test_api_incidents.py::test_anothers_fact_does_not_exist",),
    ),
    Mutant(
        "addresses:misspelt-day", "A name that the list of facts does not know is refused to programs.",
        "incidents/facts/api_bodies.py", "if unknown := set(self.initial_data) - set(self.fields):", "if unknown := set():",
        ("tests/incidents/test_api_incidents.py::test_lists_by_day_and_by_page",),
    ),
)  # fmt: skip
