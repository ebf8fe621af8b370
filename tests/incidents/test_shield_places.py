"""A written reason may name the residences that its author sees, and nobody."""

import pytest
from django.core.exceptions import ValidationError

from accounts.scope import acting_as, system_scope
from incidents.shield.validators import names_nobody
from tests import factories as f


@pytest.fixture
def named(world):
    """A residence of landlord A and one of landlord B, which A's people do not see."""
    with system_scope("seeding"):
        f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name="La Criée")
        f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name="LES EMBRUNS")
        f.ResidenceFactory(landlord=world.b.landlord, commune=world.commune, name="Le Menhir")


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
