"""Records to choose from are offered by what addresses write for them; a number that was kept is read as well."""

import re

import pytest
from django import forms
from django.urls import reverse

from accounts.models import Organisation
from accounts.scope import system_scope
from core.choices import OpaqueChoiceField, OpaqueNumberField
from core.opaque import written
from sites.models import Territory
from tests.world import signed_in


class _Form(forms.Form):
    landlord = OpaqueChoiceField(Organisation.objects.all(), required=False)


@pytest.fixture
def landlord(world):
    with system_scope("seeding"):
        yield world.a.landlord


def _chosen(value):
    form = _Form({"landlord": value})
    return form.cleaned_data["landlord"] if form.is_valid() else form.errors["landlord"].as_data()[0].code


def test_a_choice_is_offered_and_read_in_opaque_letters_and_a_kept_number_too(landlord):
    text = written("organisation", landlord.pk)
    assert (_chosen(text), _chosen(str(landlord.pk)), _chosen("")) == (landlord, landlord, None)
    offered = set(re.findall(r'<option value="([^"]*)"', str(_Form())))
    assert text in offered
    assert not [one for one in offered if one.isdigit()]


@pytest.mark.parametrize("other", ["x", "9" * 30, "²", "-1", "١" * 5, "A" * 32, "é" * 32])
def test_what_is_no_choice_is_refused(landlord, other):
    assert _chosen(other) == "invalid_choice"


def test_what_is_written_for_another_kind_is_no_choice(landlord):
    assert _chosen(written("territory", landlord.pk)) == "invalid_choice"


@pytest.mark.parametrize("sent", ["opaque", "number"])
def test_what_was_chosen_stays_chosen_in_the_form(landlord, sent):
    text = written("organisation", landlord.pk)
    bound = _Form({"landlord": text if sent == "opaque" else str(landlord.pk)})
    for form in (bound, _Form(initial={"landlord": landlord.pk}), _Form(initial={"landlord": landlord})):
        assert re.findall(r'<option value="([^"]*)" selected', str(form)) == [text]


def test_a_choice_whose_records_the_form_looks_up_gives_their_number():
    class Form(forms.Form):
        organisation = OpaqueNumberField(kind="organisation", required=False)

    def chosen(value):
        form = Form({"organisation": value})
        form.fields["organisation"].offer([(7, "Sept")], empty="Aucun")
        return form.cleaned_data["organisation"] if form.is_valid() else "refused"

    assert [chosen(value) for value in (written("organisation", 7), "7", "")] == [7, 7, None]
    assert [chosen(value) for value in (written("organisation", 8), "8", written("note", 7))] == [
        "refused"
    ] * 3


def test_a_saved_list_that_holds_a_number_still_filters(world):
    client, page = signed_in(world.a.coordinator), reverse("classification:residences")
    for value in (str(world.a.landlord.pk), written("organisation", world.a.landlord.pk)):
        shown = client.get(page, {"landlord": value})
        assert [str(chip.value) for chip in shown.context["listing"].chips] == [str(world.a.landlord)]
        assert shown.context["filter"].form.errors == {}


def test_another_territory_is_no_choice_whatever_writes_it(world):
    client, page = signed_in(world.a.coordinator), reverse("partners:circle_create")
    about = {"name": "Nouvelle", "purpose": "Essai", "starts_on": "2026-01-01"}
    for value in (str(world.b.territory.pk), written("territory", world.b.territory.pk)):
        assert client.post(page, about | {"territory": value}).status_code == 422
    with system_scope("seeding"):
        assert Territory.objects.get(pk=world.b.territory.pk).circles.filter(name="Nouvelle").count() == 0
