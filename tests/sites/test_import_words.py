"""The words of a file are given a meaning, which is kept for the next one."""

from django.urls import reverse

from accounts.scope import system_scope
from incidents.imports.types import propose, synonyms
from incidents.models import Incident
from sites.imports import summary
from sites.imports.mapping.fields import bare
from sites.imports.mapping.sharing import whole_of
from sites.imports.run import importers
from sites.models import ImportMapping, Residence, SharedMapping
from tests.flow import OWN_FACTS, stored
from tests.imports import csv_file
from tests.versions import opened, planted


def test_words_are_given_a_meaning_left_out_or_left_to_decide(flow, world):
    with system_scope("seeding"):
        Residence.objects.filter(pk=world.a.residence.pk).update(reference="1001")
    words = (
        "Dépôt sauvage",
        "Trafic de stupéfiants",
        "Nuisances sonores",
        "Fuite d'eau",
        "Zzz",
        "Mme Durand",
    )
    rows = [f"F{n};{word};19/11/2025;1001;;;" for n, word in enumerate(words)]
    flow.send(csv_file(OWN_FACTS, *rows))
    flow.columns()
    shown = {
        word.text: (word.field.html_name, word.field.value())
        for word in flow.get("words").context["form"].words()
    }
    assert {text: value for text, (_name, value) in shown.items()} == {
        "Dépôt sauvage": "LITTERING", "Trafic de stupéfiants": "PETTY_DEALING", "Nuisances sonores": "NOISE",
        "Fuite d'eau": "", "Zzz": "",
    }  # fmt: skip
    flow.words(**{shown["Fuite d'eau"][0]: "-"})
    assert flow.run.counts == {
        "imported": {"by_reference": 3}, "rejected": {"type_left_out": 1, "unknown_type": 1, "speaks_of_people": 1},
    }  # fmt: skip
    flow.start()
    assert [len(row) for row in flow.rejected()[1:]] == [9, 2]
    assert "Durand" not in str(flow.rejected())
    # What was left out on purpose needs no correction.
    with system_scope("seeding"):
        reasons = [line.reason for line in summary.rejected(flow.run)]
    assert (len(reasons), reasons[0]) == (2, "nature inconnue")


def test_a_saved_mapping_is_found_again_by_its_titles_wherever_the_columns_stand(flow):
    flow.send(csv_file("Repère;Voie publique;Lots", "P1;1 rue des Essais;24"))
    flow.columns(
        "?kind=stock", column_0="reference", column_1="address", column_2="dwellings",
        constant_postcode="75012", save_as="Notre outil",
    )  # fmt: skip
    [(name, organisation)] = stored(ImportMapping, "name", "organisation_id")
    assert (name, organisation) == ("Notre outil", flow.landlord.pk)
    flow.client.post(flow.url("abandon"))
    flow.send(csv_file("Lots;Repère;Voie publique", "24;P1;1 rue des Essais"))
    run = flow.run
    assert (run.kind, run.mapping["columns"], run.mapping["constants"]) == (
        "stock", {"0": "dwellings", "1": "reference", "2": "address"}, {"postcode": "75012"},
    )  # fmt: skip
    assert "correspondance « Notre outil »" in flow.get("columns").text
    flow.send(csv_file("Lots;Repère;Voie", "24;P1;1 rue des Essais"))
    assert "saved" not in flow.run.mapping


def test_a_mapping_is_renamed_and_deleted(flow):
    for header, name in (("Repère;Voie", "Un"), ("Repère;Voies", "Deux")):
        flow.send(csv_file(header, "P1;1 rue X"))
        flow.columns("?kind=stock", column_1="address", save_as=name)
    (one, _), (two, _) = stored(ImportMapping, "pk", "name")
    rename = reverse("sites:import_mapping", args=[one])
    version = opened(flow.client, rename)
    assert flow.client.post(rename, {"name": "Deux"} | version).status_code == 422
    flow.client.post(rename, {"name": "Trois"} | version)
    page = flow.client.get(reverse("sites:import_mappings")).text
    assert ("Trois" in page, "Deux" in page) == (True, True)
    [second] = [
        one
        for one, *_more in flow.client.get(reverse("sites:import_mappings")).context["mappings"]
        if one.pk == two
    ]
    flow.client.post(reverse("sites:import_mapping_delete", args=[two]), planted(second, whole_of))
    assert stored(ImportMapping, "name") == [("Trois",)]


def test_a_mapping_that_changed_meanwhile_is_not_deleted_shared_or_taken_back_unread(flow):
    flow.send(csv_file("Repère;Voie", "P1;1 rue X"))
    flow.columns("?kind=stock", column_1="address", save_as="Outil")
    listed, acts = reverse("sites:import_mappings"), ("import_mapping_share", "import_mapping_delete")
    [(mapping, version, _given)] = flow.client.get(listed).context["mappings"]
    with system_scope("seeding"):
        ImportMapping.objects.update(name="Outil de 2026")
    for act in acts:
        for sent in ({"version": version}, {}):
            page = flow.client.post(reverse(f"sites:{act}", args=[mapping.pk]), sent)
            assert (page.status_code, "Outil de 2026" in page.text) == (409, True)
    assert (len(stored(ImportMapping, "pk")), stored(SharedMapping, "pk")) == (1, [])
    again = {"version": page.context["version"]}
    flow.client.post(reverse("sites:import_mapping_share", args=[mapping.pk]), again)
    [(_mapping, _version, (shared, version))] = flow.client.get(listed).context["mappings"]
    withdraw = reverse("sites:shared_mapping_withdraw", args=[shared.pk])
    with system_scope("seeding"):
        SharedMapping.objects.update(name="Outil revu")
    page = flow.client.post(withdraw, {"version": version})
    assert (page.status_code, len(stored(SharedMapping, "pk"))) == (409, 1)
    flow.client.post(withdraw, {"version": page.context["version"]})
    assert stored(SharedMapping, "pk") == []


def test_every_synonym_of_a_type_means_one_type(db):
    meant = {bare(word): code for code, words in synonyms().items() for word in words}
    words = [word for words in synonyms().values() for word in words]
    assert {bare(word): code for word, code in propose(words).items()} == meant
    assert len(meant) == len(words), "a word is there twice"


def test_words_for_a_kind_of_place_and_a_reporter_are_told_like_types(flow, world):
    with system_scope("seeding"):
        Residence.objects.filter(pk=world.a.residence.pk).update(reference="1001")
    header = "N° fait;Type d'incident;Date du fait;Code résidence;Lieu précis;Origine"
    flow.send(
        csv_file(
            header,
            "F1;Tags;18/11/2025;1001;Sous-sol voitures;Vigile",
            "F2;Tags;18/11/2025;1001;Hall;Gardien",
            "F3;Tags;18/11/2025;1001;Ascenseur B;Gardien",
        )
    )
    assert flow.columns().headers["Location"] == flow.url("words")
    form = flow.get("words").context["form"]
    told = {group.label: {word.text: word.field.html_name for word in group.words} for group in form.groups()}
    places, reporters = told["Lieu précis"], told["Origine"]
    kinds = [code for code, _label in importers()["incidents"].constants("place_kind")]
    sources = [code for code, _label in importers()["incidents"].constants("reporter")]
    flow.words(**{
        places["Sous-sol voitures"]: kinds[-1], places["Ascenseur B"]: "-", reporters["Vigile"]: sources[0],
        reporters["Gardien"]: sources[1],
    })  # fmt: skip
    flow.start()
    assert "remarks" not in flow.run.counts
    found = {one[0]: one[1:] for one in stored(Incident, "external_id", "place_kind", "source")}
    assert [found["F1"], found["F3"]] == [(kinds[-1], sources[0]), ("", sources[1])]
