"""A lead gives a mapping to the other landlords: its titles and words alone, and only while it is shared."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from core.dates import long_date
from sites.imports.mapping.sharing import whole_of
from sites.models import ImportMapping, SharedMapping
from tests.flow import Flow
from tests.imports import csv_file, plant_communes
from tests.versions import opened, planted

HEADER = "Repère;Ce qui s’est passé;Date du fait;Code résidence;Note de Mme Durand"
ROWS = (
    "F1;Casse;19/11/2025;1001;x",
    "F2;Dispute chez Mme Durand;19/11/2025;1001;x",
    "F3;Fuite;19/11/2025;1001;x",
)


@pytest.fixture
def given(world, sign_in):
    """The way of landlord A's lead, who has saved a mapping for files of these titles."""
    plant_communes()
    flow = Flow(sign_in(world.a.lead), world.a.lead, world.a.landlord)
    flow.send(csv_file(HEADER, *ROWS))
    flow.columns(
        "?kind=incidents", column_0="external_id", column_1="type", column_2="day", column_3="reference",
        column_4="", constant_postcode="75012", save_as="Main courante",
    )  # fmt: skip
    flow.words(word_0="DAMAGE", word_1="-")
    return flow


def share(flow):
    with system_scope("seeding"):
        mapping = ImportMapping.objects.get()
    shown = planted(mapping, whole_of)
    return flow.client.post(reverse("sites:import_mapping_share", args=[mapping.pk]), shown)


def proposed_to_b(world, sign_in):
    flow = Flow(sign_in(world.b.lead), world.b.lead, world.b.landlord)
    flow.send(csv_file(HEADER, *ROWS))
    return flow


def test_an_unshared_mapping_is_invisible_and_not_proposed(given, world, sign_in):
    flow = proposed_to_b(world, sign_in)
    assert "1" not in flow.run.mapping["columns"]
    with acting_as(world.b.lead):
        assert (ImportMapping.objects.count(), SharedMapping.objects.count()) == (0, 0)
    assert "Main courante" not in flow.client.get(reverse("sites:import_mappings")).text


def test_a_shared_mapping_is_proposed_to_another_landlord_whose_titles_match(given, world, sign_in):
    share(given)
    flow = proposed_to_b(world, sign_in)
    run = flow.run
    assert (run.kind, run.mapping["columns"]) == (
        "incidents", {"0": "external_id", "1": "type", "2": "day", "3": "reference"},
    )  # fmt: skip
    assert "partagée par un autre bailleur" in flow.get("columns").text
    flow.columns()
    chosen = {word.text: word.field.value() for word in flow.get("words").context["form"].words()}
    assert chosen == {"Casse": "DAMAGE", "Fuite": "-"}


def test_the_page_of_its_lead_says_that_it_is_shared_and_how_to_stop(given):
    page = reverse("sites:import_mappings")
    said = "Ne plus partager", "Partager « Main courante »"
    assert [text in given.client.get(page).text for text in said] == [False, True]
    share(given)
    assert [text in given.client.get(page).text for text in said] == [True, False]


def test_what_is_shared_holds_titles_and_words_alone_and_nobody(given, world):
    share(given)
    with acting_as(world.b.lead):
        [shared] = SharedMapping.objects.all()
        assert ImportMapping.objects.count() == 0
    content = shared.content
    assert (content["headers"], content["constants"], content["reading"]) == (
        ["Repère", "Ce qui s’est passé", "Date du fait", "Code résidence", ""], {}, {},
    )  # fmt: skip
    assert content["values"] == {"type": {"Casse": "DAMAGE", "Fuite": ""}}
    assert ("Durand" in str(content), "75012" in str(content)) == (False, False)


def test_a_name_that_speaks_of_a_person_is_not_shared(given, world):
    with system_scope("seeding"):
        ImportMapping.objects.update(name="Fichier de Mme Durand")
    share(given)
    with system_scope("seeding"):
        assert SharedMapping.objects.count() == 0


def test_another_lead_neither_withdraws_nor_opens_it_and_its_own_lead_does(given, world, sign_in):
    share(given)
    with acting_as(world.b.lead):
        pk = SharedMapping.objects.get().pk
    other = sign_in(world.b.lead)
    withdraw = reverse("sites:shared_mapping_withdraw", args=[pk])
    assert other.post(withdraw).status_code == 404
    assert other.get(reverse("sites:shared_mapping", args=[pk])).status_code == 403
    with acting_as(world.a.lead):
        assert SharedMapping.objects.count() == 1
        shared = SharedMapping.objects.get()
    given.client.post(withdraw, planted(shared, whole_of))
    with acting_as(world.a.lead):
        assert (SharedMapping.objects.count(), ImportMapping.objects.count()) == (0, 1)
        entries = AuditEntry.objects.filter(object_type="sites.sharedmapping").order_by("id")
        assert [entry.action for entry in entries] == ["create", "cancel"]


def test_an_administrator_renames_it_and_takes_words_out(given, world, sign_in):
    share(given)
    with acting_as(world.admin):
        pk = SharedMapping.objects.get().pk
    admin = sign_in(world.admin)
    assert "Main courante" in admin.get(reverse("sites:import_mappings")).text
    page = admin.get(reverse("sites:shared_mapping", args=[pk]))
    words = {label: number for number, label in page.context["form"].fields["words"].choices}
    assert "Fuite → laissé de côté" in words
    kept = [number for label, number in words.items() if label.startswith("Casse")]
    url = reverse("sites:shared_mapping", args=[pk])
    admin.post(url, {"name": "Outil commun", "words": kept} | opened(admin, url))
    with acting_as(world.b.lead):
        [shared] = SharedMapping.objects.all()
    assert (shared.name, shared.content["values"]) == ("Outil commun", {"type": {"Casse": "DAMAGE"}})


def test_a_word_that_the_lead_shares_meanwhile_is_not_taken_out_unread(given, world, sign_in):
    share(given)
    with acting_as(world.admin):
        pk = SharedMapping.objects.get().pk
    admin, url = sign_in(world.admin), reverse("sites:shared_mapping", args=[pk])
    page = admin.get(url).context["form"]
    sending = {"name": page["name"].value(), "words": ["type:Fuite"], "version": page["version"].value()}
    with system_scope("seeding"):
        shared = SharedMapping.objects.get(pk=pk)
        shared.content["values"] = {"type": {"Casse": "DAMAGE", "Bruit": "NOISE"}}
        shared.save()
    answer = admin.post(url, sending)
    [row] = answer.context["rows"]
    assert (answer.status_code, row.typed, row.recorded) == (409, "Fuite", "Bruit, Casse")
    with system_scope("seeding"):
        assert SharedMapping.objects.get(pk=pk).content["values"]["type"].keys() == {"Casse", "Bruit"}


def test_the_page_tells_when_it_was_shared_and_an_administrator_by_whom(given, world, sign_in):
    share(given)
    url = reverse("sites:import_mappings")
    with acting_as(world.admin):
        day = long_date(timezone.localtime(SharedMapping.objects.get().changed_at).date())
    readers = (world.a.lead, world.b.lead, world.admin)
    own, other, admin = (sign_in(who).get(url).text.replace("\xa0", " ") for who in readers)
    assert f"partagée le {day}" in own
    assert f"partagée le {day} par un autre bailleur" in other
    assert world.a.landlord.name not in other
    assert f"partagée le {day} par {world.a.landlord.name}" in admin
