"""A residence is found by its other references too, until the lead removes one; shared ones name nobody."""

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from incidents.models import Incident
from sites.models import ResidenceAlias
from sites.references.services import residence_of
from tests import factories as f
from tests.imports import csv_file, import_as_lead

FACT = "identifiant;nature;jour;référence"


def facts(world, reference, identifier="F1"):
    content = csv_file(FACT, f"{identifier};Tags;2026-01-05;{reference}")
    return import_as_lead(content, world.a.lead, world.a.landlord, kind="incidents")


def test_a_fact_at_another_reference_goes_to_its_residence(world):
    assert facts(world, "ANCIENNE-A").verdicts == [("imported", "by_reference")]
    with system_scope("seeding"):
        assert Incident.objects.get(external_id="F1").residence == world.a.residence


def test_a_reference_of_two_residences_names_neither(world):
    with system_scope("seeding"):
        f.ResidenceAliasFactory(residence=world.a.other, reference=world.a.residence.reference)
        f.ResidenceAliasFactory(residence=world.a.residence, reference="DOUBLE")
        f.ResidenceAliasFactory(residence=world.a.other, reference="DOUBLE")
    for reference in (world.a.residence.reference, "DOUBLE"):
        assert facts(world, reference).counts.keys() == {"rejected"}
        with acting_as(world.a.lead):
            assert residence_of(reference) is None


def test_a_reference_that_repeats_the_residences_own_names_it_still(world):
    reference = world.a.residence.reference
    with system_scope("seeding"):
        f.ResidenceAliasFactory(residence=world.a.residence, reference=reference)
    assert facts(world, reference).verdicts == [("imported", "by_reference")]
    with acting_as(world.a.lead):
        assert residence_of(reference) == world.a.residence


def test_another_landlords_reference_names_nothing(world):
    assert facts(world, "ANCIENNE-B").counts.keys() == {"rejected"}
    with acting_as(world.a.lead):
        assert residence_of("ANCIENNE-B") is None


@pytest.mark.parametrize(("who", "forms"), [("lead", 1), ("agent", 0)])
def test_the_page_shows_them_and_a_lead_removes_one(sign_in, world, who, forms):
    client = sign_in(getattr(world.a, who))
    page = reverse("classification:residence", args=[world.a.residence.pk])
    text = client.get(page).content.decode()
    assert text.count(reverse("sites:forget_reference", args=[world.a.alias.pk])) == forms
    assert "ANCIENNE-A" in text
    answer = client.post(reverse("sites:forget_reference", args=[world.a.alias.pk]), {"next": page})
    if not forms:
        assert answer.status_code == 403
        return
    assert (answer.status_code, answer.url) == (302, page)
    assert "ANCIENNE-A" in client.get(page).content.decode()  # the message that it is gone
    assert "ANCIENNE-A" not in client.get(page).content.decode()
    with system_scope("seeding"):
        assert not ResidenceAlias.objects.filter(pk=world.a.alias.pk).exists()
    with acting_as(world.dpo):
        entry = AuditEntry.objects.filter(detail__reference_removed="ANCIENNE-A").get()
    assert entry.organisation_id == world.a.landlord.pk


def test_a_coordinator_reads_none(sign_in, world):
    page = sign_in(world.a.coordinator).get(reverse("classification:residence", args=[world.a.residence.pk]))
    assert "ANCIENNE-A" not in page.content.decode()
