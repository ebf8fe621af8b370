"""A text that a person or a file writes may name the residences that its author sees, and nobody."""

import pytest
from django.core.exceptions import ValidationError

from accounts.scope import acting_as, system_scope
from incidents.shield.validators import names_nobody
from sites.enums import ImportKind
from tests import factories as f
from tests.imports import csv_file, import_as_lead


@pytest.fixture
def named(world):
    """A residence of landlord A and one of landlord B, which A's people do not see."""
    with system_scope("seeding"):
        f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name="La Criée")
        f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name="LES EMBRUNS")
        f.ResidenceFactory(landlord=world.b.landlord, commune=world.commune, name="Le Menhir")
        f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name="Le Kerfany")


def _refused(text: str) -> bool:
    try:
        names_nobody(text)
    except ValidationError:
        return True
    return False


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("Une panne saisie par erreur donnait le niveau 4 à La Criée.", False),
        ("Faits saisis à La Criée qui sont aux Embruns, ou à Les Embruns.", False),
        ("Des faits placés à La Criée Durand par erreur.", True),
        ("Faits de La Criée, signalés par Hugo Durand.", True),
        ("Faits saisis par erreur à Le Menhir.", True),
    ],
)
def test_a_residence_of_ones_own_is_no_person(world, named, text, refused):
    with acting_as(world.a.lead):
        assert _refused(text) == refused


def test_a_row_of_a_file_may_name_a_residence_of_ones_own_as_a_form_may(world, named):
    for side, verdicts in (
        (world.a, [("imported", "by_reference"), ("rejected", "speaks_of_people")]),
        (world.b, [("rejected", "speaks_of_people"), ("imported", "by_reference")]),
    ):
        rows = [
            f"{text};TAGS;19/11/2025;{side.residence.reference}"
            for text in ("Vu à Le Kerfany", "Vu à Le Menhir")
        ]
        content = csv_file("identifiant;nature;jour;référence résidence", *rows)
        read = import_as_lead(content, side.lead, side.landlord, kind=ImportKind.INCIDENTS)
        assert read.verdicts == verdicts
