"""The minutes say what was contested, concluded and left, to the coordinator alone, whatever the texts hold."""

import io

from django.urls import reverse
from pypdf import PdfReader

from accounts.models import AuditEntry
from accounts.scope import acting_as, system_scope
from sites.models import Residence
from tests.campaigning import closed
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
