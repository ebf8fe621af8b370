"""Test which texts are accepted as complaint numbers and as identifiers of programs."""

import pytest
from django.core.exceptions import ValidationError

from incidents.shield.validators import complaint_number, external_id

COMPLAINTS = [
    "2026/001234", "PV 2026-12345", "pv 2026/1", "00123/2026/001234", "MC-2026-00417", "PV-4711", "B-1",
    "PV/CSP/2026/1", "2026-00417 MC", "12345.2026.1", "2026 001234", "1" * 40,
]  # fmt: skip
NO_COMPLAINTS = [
    "M. Durand Karim 06 12 34 56 78", "Mme Durand", "Durand 12", "M. BA 12", "MME BA 12", "PV 12 Durand",
    "06 12 34 56 78", "0612345678", "Léa 12", "LEA 12", "ali 1", "12 ALI 3", "1 85 05 78 006 084 91", "PV", "", "1\n",
    "1" * 41, "1" * 39 + "!", "٣",
]  # fmt: skip
IDENTIFIERS = [
    "P-0901", "main-courante-4711", "812ed6a4-1c25-4f02-99a1-9d9fd130d3a1", "C6B11E2B-CAEC-BCDD-72AE-8DA98951FFD8",
    "urn:uuid:1", "0000012345", "33612345678", "155583842668882", "9" * 100,
]  # fmt: skip
NO_IDENTIFIERS = [
    "M. Karim Durand 0612345678", "a b", "é", "x-0612345678", "06-12-34-56-78", "a@exemple.fr", "", "a\n", "\0",
    "9" * 101,
]  # fmt: skip


@pytest.mark.parametrize("text", COMPLAINTS)
def test_takes_a_complaint_number(text):
    complaint_number(text)


@pytest.mark.parametrize("text", NO_COMPLAINTS)
def test_refuses_what_could_name_somebody(text):
    with pytest.raises(ValidationError):
        complaint_number(text)


@pytest.mark.parametrize("text", IDENTIFIERS)
def test_takes_an_identifier(text):
    external_id(text)


@pytest.mark.parametrize("text", NO_IDENTIFIERS)
def test_refuses_what_is_no_technical_word(text):
    with pytest.raises(ValidationError):
        external_id(text)
