"""The minutes say what was contested, concluded and left, to the coordinator alone, whatever the texts hold."""

import datetime as dt
import io
import itertools

from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from classification.engine.services import evaluate
from classification.workshop import agenda, minutes, reading
from sites.models import Residence
from tests.campaigning import closed, opened
from tests.deciding import decides, raise_to_3, residence_at
from tests.workshops import CONCLUSION, WHY, contests, settles, shared_campaign

ODD = 'L’Orée \u202e du\u200b Bois 😀 \x07 #eval("1") 中文'


def _read(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def test_they_hold_conclusions_marking_and_reader_and_each_download_is_journalled(world, sign_in):
    campaign = shared_campaign(world)
    settles(world.a.coordinator, contests(world.a.lead, campaign, world.a.residence), recommended=2)
    contests(world.a.coordinator, campaign, world.b.residence, "À revoir en séance.")
    url = reverse("classification:workshop_minutes", args=[campaign.pk])
    answer = sign_in(world.a.coordinator).get(url)
    assert (answer.headers["Content-Type"], answer.headers["Cache-Control"]) == (
        "application/pdf",
        "no-store",
    )
    document = PdfReader(io.BytesIO(answer.content))
    assert (document.trailer["/Root"]["/MarkInfo"]["/Marked"], document.trailer["/Root"]["/Lang"]) == (
        True,
        "fr-FR",
    )
    text = _read(answer.content)
    with acting_as(world.a.lead):
        entry = AuditEntry.objects.get(action="download", object_type="classification.campaign")
    for said in (
        "CONFIDENTIEL – CELLULE RESTREINTE", "TLP:AMBER+STRICT", "CLSPD A", campaign.name, WHY, CONCLUSION,
        "Niveau recommandé", "À revoir en séance.", "Pas encore tranché", "Résidence B", "Pas encore décidés (4)",
        world.a.coordinator.full_name, "Ville A",
    ):  # fmt: skip
        assert said in text, said
    assert entry.detail["digest"] in text.replace(" ", "")
    closed(world.a, campaign)
    assert sign_in(world.a.coordinator).get(url).status_code == 302


def test_they_open_with_any_text(world, sign_in):
    campaign = shared_campaign(world)
    with system_scope("seeding"):
        Residence.objects.filter(pk=world.a.residence.pk).update(name=ODD)
    contest = contests(world.a.coordinator, campaign, Residence(pk=world.a.residence.pk,
        landlord=world.a.landlord, commune=world.commune), f"{ODD} contesté")  # fmt: skip
    settles(world.a.coordinator, contest, f"{ODD} conclu")
    answer = sign_in(world.a.coordinator).get(reverse("classification:workshop_minutes", args=[campaign.pk]))
    text = _read(answer.content)
    assert "L’Orée du Bois □" in text
    assert '#eval("1")' in text.replace("”", '"').replace("“", '"')


def test_all_that_they_say_was_so_at_one_moment(world, sign_in, monkeypatch):
    campaign = shared_campaign(world)
    contest = contests(world.a.coordinator, campaign, world.a.residence)
    really = agenda.agenda_of

    def settled_meanwhile(found):
        # What is contested has been read already.
        monkeypatch.setattr(agenda, "agenda_of", really)
        settles(world.a.coordinator, contest)
        return really(found)

    monkeypatch.setattr(agenda, "agenda_of", settled_meanwhile)
    answer = sign_in(world.a.coordinator).get(reverse("classification:workshop_minutes", args=[campaign.pk]))
    assert CONCLUSION in _read(answer.content)


def test_what_keeps_changing_is_not_put_into_minutes(world, sign_in, monkeypatch):
    campaign, counter = shared_campaign(world), itertools.count()
    monkeypatch.setattr(minutes, "_content", lambda *_arguments: {"reading": next(counter)})
    answer = sign_in(world.a.coordinator).get(reverse("classification:workshop_minutes", args=[campaign.pk]))
    room = reverse("classification:workshop", args=[campaign.pk])
    assert (answer.status_code, answer.headers["Location"]) == (302, room)
    with acting_as(world.a.lead):
        assert not AuditEntry.objects.filter(action="download").exists()


def test_a_list_that_is_whole_is_not_said_to_be_cut(world, sign_in, monkeypatch):
    campaign = shared_campaign(world)
    contests(world.a.coordinator, campaign, world.a.residence)
    client, url = sign_in(world.a.coordinator), reverse("classification:workshop_minutes", args=[campaign.pk])
    monkeypatch.setattr(reading, "SHOWN", 1)
    assert "premiers sites contestés" not in _read(client.get(url).content)
    contests(world.a.coordinator, campaign, world.b.residence)
    assert "Les 1 premiers sites contestés sont listés." in _read(client.get(url).content)


def test_beside_each_level_stands_whether_its_landlord_decided(world, sign_in):
    closed(world.a, opened(world.a, as_of=timezone.localdate() - dt.timedelta(1), name="Avant"))
    high = residence_at(world.a.landlord, world.commune, 3, name="Haute")
    low = residence_at(world.b.landlord, world.commune, 1, name="Basse")
    for residence, longitude in ((high, 2.3), (low, 2.301)):
        with system_scope("seeding"):
            residence.addresses.update(longitude=longitude, latitude=48.0)
        evaluate([residence.pk])
    raise_to_3(world.a.other)
    campaign = shared_campaign(world)
    decides(world.a.lead, high)
    client = sign_in(world.a.coordinator)
    room = reverse("classification:workshop", args=[campaign.pk])
    minutes_url = reverse("classification:workshop_minutes", args=[campaign.pk])
    for text in (" ".join(client.get(room).text.split()), _read(client.get(minutes_url).content)):
        said = text.replace("&nbsp;", " ").replace("\xa0", " ")
        pair = said.split("Voisins de bailleurs différents", 1)[1].split("est au niveau 1", 1)
        assert "retenu" in pair[0]
        assert pair[1].startswith(", proposé, non validé, à 7")
        risen = said.split("En hausse", 1)[1].split("Saisie interrompue (0)", 1)[0]
        assert "de 1 à 3" in risen
        assert "proposé, non validé" in risen.split("de 1 à 3", 1)[1][:60]
