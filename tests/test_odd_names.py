"""Test that every form cleans odd characters from names, and that notes with such names can be opened."""

import pytest
from django.urls import reverse

from accounts.models import Organisation, Proposal, SavedView, User
from accounts.scope import system_scope
from partners.models import Circle
from sites.models import Residence, Territory
from tests import factories as f
from tests.sharing import draft_of, pages_of

ODD, CLEAN = "\uf0b7 L\x92Orée \u202e  du\u200b Bois 😀", "L’Orée du Bois 😀"
STOCK = """reference;residence;adresse;code postal;commune;logements
O1;\uf0b7 Les Puces;2 rue des Essais;00100;Brumeval;10
O2;\ufeffLe Bom;4 rue des Essais;00100;Brumeval;10
O3;Le Sourire \U0001f600;6 rue des Essais;00100;Brumeval;10
O4;R\xe9s\x92idence;8 rue des Essais;00100;Brumeval;10
O5;\xc0 l\u2019en\u202evers;10 rue des Essais;00100;Brumeval;10
O6;\u4e2d\u6587;12 ter rue des Essais;00100;Brumeval;10
"""


def names(model, column="name"):
    with system_scope("seeding"):
        return set(model.objects.values_list(column, flat=True))


def test_forms_keep_names_clean(world, sign_in):
    admin, coordinator = sign_in(world.admin), sign_in(world.a.coordinator)
    admin.post(reverse("accounts:create_organisation"), {"name": ODD, "kind": "landlord"})
    assert CLEAN in names(Organisation)
    # The name of a place that nobody knows may be a person's: a circle is named in small letters.
    odd, clean = (text.replace("Orée", "orée").replace("Bois", "bois") for text in (ODD, CLEAN))
    circle = {"territory": world.a.territory.pk, "name": odd, "purpose": odd, "starts_on": "2026-01-01"}
    circle |= {"precision": "address"}
    coordinator.post(reverse("partners:circle_create"), circle)
    assert clean in names(Circle)
    assert clean in names(Circle, "purpose")
    invited = {"email": "neuf@exemple.invalid", "full_name": ODD, "organisation": world.a.landlord.pk}
    sign_in(world.a.lead).post(reverse("accounts:invite"), invited | {"role": "agent"})
    assert CLEAN in names(Proposal, "full_name")
    for model in (Organisation, Circle, User, Territory, SavedView):
        assert ODD not in names(model, "full_name" if model is User else "name")


@pytest.mark.unsent
def test_a_stock_with_odd_characters_comes_in_clean_and_its_note_opens(world):
    from tests.imports import import_as_lead

    with system_scope("seeding"):
        commune = f.CommuneFactory(name="Brumeval", code="00100", postcodes=["00100"])
        world.a.territory.communes.add(commune)
    import_as_lead(STOCK.encode(), world.a.lead, world.a.landlord)
    assert names(Residence) >= {
        "Les Puces", "Le Bom", "Le Sourire 😀", "Rés’idence", "À l’envers", "中文"
    }  # fmt: skip
    with system_scope("seeding"):
        Residence.objects.filter(pk=world.a.residence.pk).update(name=ODD)
    note = draft_of(world.a)
    assert any(site["name"] == ODD for site in note.content["sites"])
    from django.utils import timezone

    from partners.notes.rendering import Recipient, render

    pages = " ".join(
        pages_of(
            render(
                note.content, Recipient("X", "Y", "Z"), content_digest=note.digest, at=timezone.now(),
                issued_at=None,
            ).pdf
        )
    )  # fmt: skip
    assert "L’Orée du Bois □" in " ".join(pages.split())
