"""A landlord's lead says what is shared when a territory changes: on the pages, in the journal, by nobody else."""

import datetime as dt

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.enums import MailKind, OrganisationKind
from accounts.models import AuditEntry, User
from accounts.scope import acting_as, system_scope
from sites.models import AgreementTerms, Residence, SharingAgreement
from sites.sharing import answering
from sites.sharing.terms import standing_of, state_of_terms
from tests import factories as f
from tests.versions import planted
from tests.world import signed_in

OURS = {"Résidence A", "Résidence A bis"}


@pytest.fixture
def brumeval(world):
    """A commune in which landlord A has a residence, and that territory A does not have yet."""
    with system_scope("seeding"):
        commune = f.CommuneFactory(name="Brumeval", code="00901")
        f.ResidenceFactory(landlord=world.a.landlord, commune=commune, name="A à Brumeval")
    return commune


@pytest.fixture
def lead(world):
    return signed_in(world.a.lead)


def seen(person) -> set[str]:
    with acting_as(person):
        return set(Residence.objects.values_list("name", flat=True))


def page(side, name="agreement") -> str:
    return reverse(f"sites:{name}", args=[side.agreement.pk])


def save_territory(world, *communes, **otherwise):
    """Have the administrator save territory A with these communes, and go on when told whom it concerns."""
    admin, territory = signed_in(world.admin), world.a.territory
    address = reverse("sites:edit_territory", args=[territory.pk])
    form = admin.get(address).context["form"]
    sent = {name: form[name].value() for name in ("name", "kind", "organisation", "version")} | otherwise
    sent["communes"] = "\n".join(commune.code for commune in communes)
    told = admin.post(address, sent)
    if told.status_code == 302:
        return ""
    said = " ".join(told.text.split())
    assert admin.post(address, sent | {"bailleurs": told.context["change"].key}).status_code == 302
    return said


def answers(client, side, **sent):
    return client.post(
        page(side, "answer_agreement"), sent | planted(side.agreement, state_of_terms), follow=True
    )


def told(person, action="update") -> list[dict]:
    with acting_as(person):
        entries = AuditEntry.objects.filter(action=action, object_type="sites.sharingagreement")
        return list(entries.order_by("id").values_list("detail", flat=True))


def test_a_commune_that_a_territory_gains_awaits_the_landlords_word(world, brumeval, lead):
    said = save_territory(world, world.commune, world.added, brumeval)
    names = "Bailleur A, Bailleur C, Bailleur D"
    assert f"3 bailleurs devront donner leur accord pour Brumeval (00) : {names}." in said
    assert seen(world.a.coordinator) == OURS
    question = "CLSPD A compte une commune de plus : Brumeval (00)."
    assert question in lead.get(reverse("classification:home")).text
    asked = lead.get(page(world.a))
    assert (question in asked.text, "Partager aussi la résidence que vous y avez" in asked.text) == (
        True,
        True,
    )
    assert asked.context["form"]["communes"].initial == [brumeval.pk]
    done = answers(lead, world.a, accept="1", communes=[brumeval.pk])
    assert (done.status_code, seen(world.a.coordinator)) == (200, {*OURS, "A à Brumeval"})
    assert question not in lead.get(reverse("classification:home")).text
    [entry] = told(world.a.lead)
    assert (entry["added"], entry["removed"], entry["refused"]) == (["00901"], [], [])


def test_a_refusal_shares_nothing_more_and_is_asked_no_more(world, brumeval, lead):
    save_territory(world, world.commune, world.added, brumeval)
    answers(lead, world.a, refuse="1")
    assert seen(world.a.coordinator) == OURS
    with acting_as(world.a.lead):
        standing = standing_of(SharingAgreement.objects.get(pk=world.a.agreement.pk))
    assert (standing.waits, standing.refused) == (False, [brumeval])
    assert [entry["refused"] for entry in told(world.a.lead)] == [["00901"]]
    # It can think again: the form of the communes offers it.
    form = lead.get(page(world.a, "agreement_communes")).context["form"]
    assert brumeval.pk in dict(form.fields["communes"].choices)


def test_some_of_the_communes_asked_about_are_shared_and_the_others_refused(world, brumeval, lead):
    with system_scope("seeding"):
        other = f.CommuneFactory(name="Autre", code="00902")
    save_territory(world, world.commune, world.added, brumeval, other)
    answers(lead, world.a, accept="1", communes=[brumeval.pk])
    [entry] = told(world.a.lead)
    assert (entry["added"], entry["refused"]) == (["00901"], ["00902"])
    assert seen(world.a.coordinator) == {*OURS, "A à Brumeval"}


def test_taking_a_commune_out_is_at_once_and_its_history_stays(world, lead):
    edited = page(world.a, "agreement_communes")
    sent = {"communes": [world.added.pk]} | planted(world.a.agreement, state_of_terms)
    assert lead.post(edited, sent).status_code == 302
    assert seen(world.a.coordinator) == set()
    shown = lead.get(page(world.a))
    [last, first] = shown.context["history"]
    assert (last.removed, last.refused, last.who) == (["Partagée"], [], "Référent A, Bailleur A")
    assert (first.first, first.added) == (True, ["Ajoutée", "Partagée"])
    # Others are not told who answered.
    assert [word.who for word in signed_in(world.a.coordinator).get(page(world.a)).context["history"]] == [
        "",
        "",
    ]
    [entry] = told(world.a.lead)
    assert (entry["added"], entry["removed"]) == ([], [world.commune.code])


def test_going_back_to_the_communes_of_before_shares_what_the_agreement_names(world, brumeval):
    admin, territory = signed_in(world.admin), world.a.territory
    address = reverse("sites:edit_territory", args=[territory.pk])
    form = admin.get(address).context["form"]
    sent = {name: form[name].value() for name in ("name", "kind", "organisation", "version")}
    sent |= {"communes": f"{world.added.code}\n{brumeval.code}"}
    foreseen = admin.post(address, sent)
    assert "2 bailleurs ne partageront plus rien à Partagée (00)" not in foreseen.text
    assert "3 bailleurs ne partageront plus rien à Partagée (00)" in foreseen.text
    changed = admin.post(address, sent | {"bailleurs": foreseen.context["change"].key}, follow=True).context[
        "changed"
    ]
    assert seen(world.a.coordinator) == set()
    undoing = {
        "added": changed["added_codes"],
        "removed": changed["removed_codes"],
        "version": changed["version"],
    }
    admin.post(reverse("sites:undo_communes", args=[territory.pk]), undoing)
    # The commune that came and went was never named: when it comes again, it is asked about again.
    assert seen(world.a.coordinator) == OURS
    save_territory(world, world.commune, world.added, brumeval)
    assert seen(world.a.coordinator) == OURS


def test_a_change_of_council_awaits_the_landlords_word(world, lead):
    with system_scope("seeding"):
        town = f.OrganisationFactory(name="Nouvelle instance", kind=OrganisationKind.MUNICIPALITY)
        coordinator = f.MembershipFactory(organisation=town, role="coordinator").user
    said = save_territory(world, world.commune, world.added, organisation=town.pk)
    assert "3 bailleurs devront donner leur accord à la nouvelle instance : Bailleur A" in said
    assert seen(coordinator) == set()
    shown = lead.get(page(world.a))
    assert (
        "CLSPD A est maintenant animé par Nouvelle instance (CLSPD) ; vous aviez signé avec Ville A (CLSPD)."
        in " ".join(shown.text.replace("\xa0", " ").split())
    )
    assert set(shown.context["form"]["communes"].initial) == {world.commune.pk, world.added.pk}
    answers(lead, world.a, refuse="1")
    assert (seen(coordinator), "Ce que vous avez refusé" in lead.get(page(world.a)).text) == (set(), True)
    assert told(world.a.lead)[-1]["council_refused"] == town.pk
    # A refusal can be taken back on the same page.
    answers(lead, world.a, accept="1", communes=[world.commune.pk])
    assert seen(coordinator) == OURS
    assert (told(world.a.lead)[-1]["council"], told(world.a.lead)[-1]["removed"]) == (
        town.pk,
        [world.added.code],
    )


def test_the_change_of_a_territory_is_in_the_journal_of_each_landlord_that_has_an_agreement(world, brumeval):
    save_territory(world, world.commune, world.added, brumeval)
    save_territory(world, world.commune, world.added, brumeval, name="CLSPD rebaptisé")
    for side, changes in ((world.a, 1), (world.c, 1), (world.d, 1), (world.b, 0)):
        with acting_as(side.lead):
            entries = AuditEntry.objects.filter(object_type="sites.territory")
            assert [entry.detail["communes"] for entry in entries] == changes * [
                sorted([world.commune.code, world.added.code, "00901"])
            ]


def _sign(client, world, **otherwise):
    data = {
        "landlord": world.b.landlord.pk, "territory": world.a.territory.pk,
        "starts_on": timezone.localdate().isoformat(),
    }  # fmt: skip
    return client.post(reverse("sites:sign_agreement"), data | otherwise)


def test_an_agreement_that_an_administrator_enters_counts_once_its_lead_confirms_it(world):
    admin, lead = signed_in(world.admin), signed_in(world.b.lead)
    # Whatever else is sent, an administrator names no commune.
    assert _sign(admin, world, communes=[world.commune.pk]).status_code == 302
    with system_scope("seeding"):
        made = SharingAgreement.objects.get(landlord=world.b.landlord, territory=world.a.territory)
        assert AgreementTerms.objects.filter(agreement=made).count() == 0
    side = type("Side", (), {"agreement": made})
    assert seen(world.a.coordinator) == OURS
    assert (
        "à confirmer par le bailleur" in signed_in(world.a.coordinator).get(reverse("sites:agreements")).text
    )
    assert "a été inscrite pour vous" in lead.get(reverse("classification:home")).text
    answers(lead, side, accept="1", communes=[world.commune.pk])
    assert seen(world.a.coordinator) == {*OURS, "Résidence B", "Résidence B bis"}


def test_an_agreement_that_its_lead_refuses_to_confirm_ends(world):
    _sign(signed_in(world.admin), world)
    with system_scope("seeding"):
        made = SharingAgreement.objects.get(landlord=world.b.landlord, territory=world.a.territory)
    answers(signed_in(world.b.lead), type("Side", (), {"agreement": made}), refuse="1")
    with system_scope("seeding"):
        assert SharingAgreement.objects.get(pk=made.pk).ends_on == timezone.localdate()
    assert len(told(world.b.lead, "cancel")) == 1


def test_a_lead_signs_for_the_communes_ticked_and_all_are_at_first(world):
    lead = signed_in(world.b.lead)
    chosen = {"landlord": world.b.landlord.pk, "territory": world.a.territory.pk}
    form = lead.get(reverse("sites:sign_agreement"), chosen).context["form"]
    assert set(form["communes"].initial) == {world.commune.pk, world.added.pk}
    assert (
        dict(form.fields["communes"].choices)[world.commune.pk].replace("\xa0", " ")
        == "Partagée (00) : 2 résidences"
    )
    refused = _sign(lead, world, communes=[])
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["communes"])
    version = {"version": form["version"].value()}
    assert _sign(lead, world, communes=[world.added.pk], **version).status_code == 302
    assert seen(world.a.coordinator) == OURS


def test_a_lead_signs_for_the_territory_that_they_were_shown(world, brumeval):
    lead = signed_in(world.b.lead)
    chosen = {"landlord": world.b.landlord.pk, "territory": world.a.territory.pk}
    version = lead.get(reverse("sites:sign_agreement"), chosen).context["form"]["version"].value()
    save_territory(world, world.commune, world.added, brumeval)
    answer = _sign(lead, world, communes=[world.commune.pk], version=version)
    assert (answer.status_code, seen(world.a.coordinator)) == (409, OURS)
    assert brumeval.pk in dict(answer.context["form"].fields["communes"].choices)


def test_an_answer_to_what_has_changed_meanwhile_is_asked_again(world, brumeval, lead):
    save_territory(world, world.commune, world.added, brumeval)
    version = lead.get(page(world.a)).context["form"]["version"].value()
    with system_scope("seeding"):
        world.a.territory.communes.add(f.CommuneFactory(name="Encore une"))
    sent = {"accept": "1", "communes": [brumeval.pk], "version": version}
    answer = lead.post(page(world.a, "answer_agreement"), sent)
    assert (answer.status_code, "Encore une" in answer.text, seen(world.a.coordinator)) == (409, True, OURS)


def test_nobody_answers_for_another_landlord(world, brumeval):
    save_territory(world, world.commune, world.added, brumeval)
    agreement = SharingAgreement(pk=world.a.agreement.pk)
    for person in (world.b.lead, world.a.agent, world.a.coordinator, world.admin):
        with acting_as(person) as scope:
            for write in (answering.accept, answering.name_communes):
                with pytest.raises(Exception, match=r"^$"):
                    write(scope, agreement=agreement, communes=[brumeval], version="")
    assert seen(world.a.coordinator) == OURS


def test_an_agreement_that_has_ended_takes_no_word(world, lead):
    with system_scope("seeding"):
        past = timezone.localdate() - dt.timedelta(1)
        SharingAgreement.objects.filter(pk=world.a.agreement.pk).update(ends_on=past)
    sent = {"communes": []} | planted(world.a.agreement, state_of_terms)
    refused = lead.post(page(world.a, "agreement_communes"), sent)
    assert (refused.status_code, "déjà terminée" in refused.text) == (422, True)


def test_leads_are_mailed_without_content_unless_they_turn_it_off(
    world, brumeval, django_capture_on_commit_callbacks
):
    with system_scope("seeding"):
        User.objects.filter(pk=world.c.lead.pk).update(mails_off=[MailKind.AWAITED])
    with django_capture_on_commit_callbacks(execute=True):
        save_territory(world, world.commune, world.added, brumeval)
    sent = {message.to[0]: message for message in mail.outbox}
    assert set(sent) == {world.a.lead.email, world.d.lead.email}
    message = sent[world.a.lead.email]
    assert message.subject == "Une réponse est attendue de vous dans Palier"
    assert [name for name in ("Brumeval", "CLSPD", "Ville A", "Bailleur") if name in message.body] == []


def test_a_coordinator_reads_who_agreed_to_what_and_changes_nothing(world):
    coordinator = signed_in(world.a.coordinator)
    listed = coordinator.get(reverse("sites:agreements"))
    found = {standing.agreement.landlord.name: standing for standing in listed.context["standings"]}
    assert {name: (standing.shared, standing.asked) for name, standing in found.items()} == {
        "Bailleur A": ([world.added, world.commune], []),
        "Bailleur C": ([world.added, world.commune], []),
        "Bailleur D": ([world.commune], [world.added]),
    }
    shown = coordinator.get(page(world.d))
    assert (shown.context["form"], shown.context["ends"]) == (None, False)
    assert "Modifier les communes" not in shown.text
