"""Two campaigns compared: what became of each site and why, to each what is theirs, in a constant number of queries."""

import csv
import datetime as dt
import io
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.scope import acting_as, system_scope
from classification.campaigns import flow
from classification.campaigns.comparison import Move, changes, changes_since, move_of
from classification.campaigns.sides import HEARD, Evidence, Side
from classification.campaigns.whys import whys
from classification.engine.services import evaluate
from classification.models import Campaign, Closing, GridVersion
from core.opaque import written
from incidents.models import Horizon
from sites.models import Residence
from tests import factories as f
from tests.campaigning import closed, opened, proposed
from tests.deciding import decides, raise_to_3, residence_at
from tests.sharing import journal

THEN = dt.timedelta(80)


@pytest.fixture
def before(world):
    """A campaign of eighty days ago: one site that will rise, one that will fall, one that will be closed."""
    today = timezone.localdate()
    residence_at(world.a.landlord, world.commune, 3, name="En hausse")
    with system_scope("seeding"):
        fallen = f.ResidenceFactory(
            landlord=world.a.landlord, commune=world.commune, name="En baisse", dwellings=10
        )
        door = f.AddressFactory(residence=fallen)
        for back in range(8):
            f.IncidentFactory(address=door, code="PETTY_DEALING", day=today - THEN - dt.timedelta(4 * back))
        f.DisruptionFactory(
            address=door, starts_on=today - dt.timedelta(110), ends_on=today - dt.timedelta(100)
        )
        f.IncidentFactory(address=door, code="LITTERING", day=today)
        gone = f.ResidenceFactory(landlord=world.a.landlord, commune=world.commune, name="Fermée")
        f.AddressFactory(residence=gone)
    evaluate([fallen.pk, gone.pk])
    return closed(world.a, opened(world.a, as_of=today - THEN, deadline=today + dt.timedelta(5), name="Été"))


def _site(name: str) -> Residence:
    with system_scope("evaluation"):
        return Residence.objects.get(name=name)


def _later(world, landlords=None) -> Closing:
    return closed(world.a, opened(world.a, landlords, name="Automne"))


def _close_one() -> None:
    with system_scope("seeding"):
        Residence.objects.filter(name="Fermée").update(closed_on=timezone.localdate() - dt.timedelta(1))
    evaluate([_site("Fermée").pk])


def _said(found) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {one.site.name: (one.move, tuple(map(_plain, one.why))) for one in found}


def _plain(sentence: str) -> str:
    """A sentence without its no-break spaces."""
    return sentence.replace("\N{NO-BREAK SPACE}", " ")


def _compared(person, before, after) -> dict[str, tuple[str, tuple[str, ...]]]:
    with acting_as(person):
        return _said(changes(*map(_loaded, (before, after))))


def _loaded(closing) -> Closing:
    return Closing.objects.select_related("campaign__grid_version").get(pk=closing.pk)


def _page(campaign, **query) -> str:
    url = reverse("classification:campaign_comparison", args=[campaign.pk])
    return url + "?" + "&".join(f"{name}={value}" for name, value in query.items())


def _file(client, closing, **query) -> str:
    url = reverse("classification:campaign_comparison_export", args=[closing.campaign_id, "csv"])
    answer = client.get(url, query)
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def test_each_site_is_up_down_new_gone_or_unchanged_and_why(world, before):
    _close_one()
    residence_at(world.a.landlord, world.commune, 1, name="Ouverte")
    with system_scope("seeding"):
        f.DisruptionFactory(address=_site("En hausse").addresses.get(), starts_on=timezone.localdate())
        Residence.objects.filter(name="En hausse").update(dwellings=55)
    evaluate([_site("En hausse").pk])
    found = _compared(world.a.coordinator, before, _later(world))
    up, why = found["En hausse"]
    assert up == Move.UP
    assert "Logements : 55 au lieu de 40" in why
    assert [
        said for said in why if said.startswith("Petit trafic") or "jusqu’ici sous tous les seuils" in said
    ]
    assert [said for said in why if said.startswith("Perturbation de plus")]
    down, why = found["En baisse"]
    assert down == Move.DOWN
    assert [said for said in why if "au lieu de réguliers" in said]
    assert [said for said in why if said.startswith("Perturbation qui ne compte plus")]
    assert found["Fermée"][0] == Move.GONE
    assert "a été fermée" in found["Fermée"][1][0]
    assert found["Ouverte"][0] == Move.NEW


def test_a_site_of_a_landlord_who_was_not_asked_before_is_new(world, before):
    with system_scope("seeding"):
        f.SharingAgreementFactory(landlord=world.b.landlord, territory=world.a.territory)
    after = _later(world, [world.a.landlord.pk, world.b.landlord.pk])
    found = _compared(world.a.coordinator, before, after)
    assert found["Résidence B"] == (
        Move.NEW, ("Son bailleur n’était pas interrogé par la campagne d’avant",)
    )  # fmt: skip
    # The other way round it is gone.
    with acting_as(world.a.coordinator):
        back = _said(changes(_loaded(after), _loaded(before)))
    assert back["Résidence B"] == (Move.GONE, ("Son bailleur n’est pas interrogé par cette campagne",))


def test_what_counts_is_the_retained_level_and_a_departure_is_said(world, before):
    decides(world.a.lead, _site("En baisse"), 4, "Vu sur place.")
    move, why = _compared(world.a.coordinator, before, _later(world))["En baisse"]
    assert move == Move.UP
    assert why[0] == "Décision du bailleur : niveau 4 retenu, proposé 1"


def _fake(number: int, level: int, in_regular: int = 8) -> SimpleNamespace:
    """The sites of a campaign by another grid, with one finding at its only site."""
    row = {"code": "PETTY_DEALING", "frequency": 2, "observed": 0, "level": level, "in_daily": 0,
        "in_regular": in_regular, "in_occasional": in_regular}  # fmt: skip
    campaign = Campaign(grid_version=GridVersion(pk=number, name=f"Grille {number}"), landlords=[1])
    return SimpleNamespace(campaign=campaign, evidence=lambda _ids: {1: Evidence([row], [])})


@pytest.mark.parametrize(
    ("now", "told"),
    [(_fake(2, 2), True), (_fake(2, 2, in_regular=4), False), (_fake(1, 2), False)],
)
def test_another_grid_is_a_reason_where_what_was_counted_alike_has_another_level(db, now, told):
    (why,) = whys([(_side(3), _side(2))], _fake(1, 3), now)
    assert ("La grille a changé : Grille 2 au lieu de Grille 1" in map(_plain, why)) is told


def _side(level=2, retained=None, silent=False, level_before=None, unseen=False) -> Side:
    return Side(1, 1, "B", "V", "0", "S", 10, level, retained, silent, level_before, unseen)


def test_what_a_site_was_last_known_to_have_is_the_same_as_sql(db):
    sides = [
        _side(level, retained=retained, silent=silent, level_before=before)
        for level in (1, 3)
        for retained in (None, 1, 4)
        for silent in (False, True)
        for before in (None, 2)
    ]
    rows = ", ".join(["(%s, %s::int, %s, %s::int)"] * len(sides))
    values = [(side.level, side.retained, side.silent, side.level_before) for side in sides]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {HEARD} FROM (VALUES {rows}) b (level, retained, silent, level_before)",
            [value for row in values for value in row],
        )
        assert [row[0] for row in cursor.fetchall()] == [side.heard for side in sides]


@pytest.mark.parametrize(
    ("then", "now", "move"),
    [
        (_side(2), _side(3), Move.UP),
        (_side(3), _side(2), Move.DOWN),
        (_side(3), _side(3), Move.SAME),
        (_side(3), _side(3, retained=2), Move.DOWN),
        (_side(3, retained=2), _side(3), Move.UP),
        # Recording that stopped is no improvement, nor is a disruption that nobody has seen yet.
        (_side(3), _side(1, silent=True, level_before=3), Move.UNHEARD),
        (_side(1), _side(1, silent=True), Move.UNHEARD),
        (_side(3), _side(2, silent=True), Move.UNHEARD),
        (_side(3), _side(2, unseen=True), Move.UNHEARD),
        (_side(2), _side(3, silent=True), Move.UP),
        # A silent one is compared by the level before the silence.
        (_side(1, silent=True, level_before=3), _side(3), Move.SAME),
        (_side(1, retained=4, silent=True, level_before=3), _side(4), Move.SAME),
        (None, _side(), Move.NEW),
        (_side(), None, Move.GONE),
    ],
)
def test_what_became_of_a_site(then, now, move):
    assert move_of(then, now) == move


def test_an_open_campaign_is_compared_as_it_stands(world, before):
    campaign = opened(world.a, name="Automne")
    proposed(campaign)
    decides(world.a.lead, _site("En baisse"), 4, "Vu sur place.")
    with acting_as(world.a.coordinator):
        running = _said(
            changes_since(
                _loaded(before), Campaign.objects.select_related("grid_version").get(pk=campaign.pk)
            )
        )
    assert running == _compared(world.a.coordinator, before, closed(world.a, campaign))


def test_a_lead_reads_the_own_sites_alone(world, before, sign_in):
    with system_scope("seeding"):
        f.SharingAgreementFactory(landlord=world.b.landlord, territory=world.a.territory)
    after = _later(world, [world.a.landlord.pk, world.b.landlord.pk])
    for person, theirs in ((world.a.lead, False), (world.a.coordinator, True)):
        page = sign_in(person).get(_page(after.campaign))
        names = {row.site.name for row in page.context["rows"]}
        assert ("Résidence B" in names, "Résidence A" in names) == (theirs, True)
    # The campaign before did not ask landlord B: its lead reads no other one.
    assert "Rien à comparer" in sign_in(world.b.lead).get(_page(after.campaign)).text
    # Once the agreement ended, the coordinator reads them no more, in neither campaign.
    with system_scope("seeding"):
        type(world.a.agreement).objects.filter(pk=world.a.agreement.pk).update(
            ends_on=timezone.localdate() - dt.timedelta(1)
        )
    page = sign_in(world.a.coordinator).get(_page(after.campaign))
    assert {row.site.landlord for row in page.context["rows"]} == {"Bailleur B"}


def test_a_coordinator_s_reading_is_in_the_journal_of_each_landlord_shown(world, before, sign_in):
    after = _later(world)
    client = sign_in(world.a.coordinator)
    client.get(_page(after.campaign))
    _file(client, after)
    acts = [row for row in journal(world.a.coordinator) if row[0] in {"read", "export"}]
    for act in ("read", "export"):
        assert {organisation for action, _subject, organisation in acts if action == act} == {
            world.a.town.pk, world.a.landlord.pk
        }  # fmt: skip


def test_the_workbook_holds_what_the_file_of_text_does(world, before, sign_in):
    after, client = _later(world), sign_in(world.a.coordinator)
    url = reverse("classification:campaign_comparison_export", args=[after.campaign_id, "xlsx"])
    book = load_workbook(io.BytesIO(b"".join(client.get(url).streaming_content)))
    header, *rows = csv.reader(io.StringIO(_file(client, after)), delimiter=";")
    cells = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert cells[0] == header
    column = header.index("Évolution")
    assert [row[column] for row in cells[1:]] == [row[column] for row in rows] != []


def test_the_list_is_filtered_and_sorted(world, before, sign_in):
    after, client = _later(world), sign_in(world.a.coordinator)
    page = client.get(_page(after.campaign, mouvement="baisse"))
    assert [row.site.name for row in page.context["rows"]] == ["En baisse"]
    names = [row.site.name for row in client.get(_page(after.campaign, tri="nom")).context["rows"]]
    assert names == ["En baisse", "En hausse", "Fermée", "Résidence A", "Résidence A bis"]
    sizes = [row.site.dwellings for row in client.get(_page(after.campaign, tri="logements")).context["rows"]]
    assert sizes == sorted(sizes, reverse=True)
    for wrong in ({"tri": "x"}, {"mouvement": "x"}, {"avec": "x"}, {"avec": written("campaign", 0)}):
        assert client.get(_page(after.campaign, **wrong)).status_code == 404


def test_the_file_says_what_the_page_lists(world, before, sign_in):
    after = _later(world)
    text = _file(sign_in(world.a.lead), after, mouvement="baisse")
    (row,) = csv.DictReader(io.StringIO(text), delimiter=";")
    assert (row["Résidence"], row["Évolution"], row["Niveau, avant"], row["Niveau, après"]) == (
        "En baisse", "en baisse", "3", "1"
    )  # fmt: skip
    assert "au lieu de réguliers" in row["Pourquoi"]
    assert "Bailleur" not in row


def test_by_default_it_is_the_campaign_before_and_any_other_can_be_asked_for(world, before, sign_in):
    middle = closed(world.a, opened(world.a, as_of=timezone.localdate() - dt.timedelta(1), name="Hier"))
    after, client = _later(world), sign_in(world.a.coordinator)
    page = client.get(_page(after.campaign)).context
    assert (page["before"].pk, page["after"].pk) == (middle.campaign_id, after.campaign_id)
    page = client.get(_page(after.campaign, avec=written("campaign", before.campaign_id))).context
    assert (page["before"].pk, page["after"].pk) == (before.campaign_id, after.campaign_id)
    # Asked from the earlier one, the later day stays the later side.
    page = client.get(_page(before.campaign, avec=written("campaign", after.campaign_id))).context
    assert (page["before"].pk, page["after"].pk) == (before.campaign_id, after.campaign_id)


def test_with_nothing_to_compare_with_the_page_says_so(world, before, sign_in):
    client = sign_in(world.a.coordinator)
    assert "Rien à comparer" in client.get(_page(before.campaign)).text
    draft = opened(world.a, name="Sans niveaux")
    assert "Aucun site" in client.get(_page(draft)).text
    # Nor does a file say that every site left.
    export = reverse("classification:campaign_comparison_export", args=[draft.pk, "csv"])
    answer = client.get(export, {"tri": "nom"})
    assert (answer.status_code, answer.headers["Location"]) == (302, _page(draft, tri="nom"))
    proposed(draft)
    answer = client.get(export)
    assert b"Niveau propos" in b"".join(answer.streaming_content)


def test_what_was_erased_at_its_term_is_not_called_new(world, before):
    after = _later(world)
    with system_scope("retention"):
        Horizon.objects.update_or_create(
            landlord=world.a.landlord, defaults={"erased_until": timezone.localdate() - THEN}
        )
    with acting_as(world.a.coordinator):
        sides = [_loaded(before), _loaded(after)]
        empty = sides[0]
        empty.pk = 0
        assert changes(empty, sides[1]) == []


def test_it_costs_the_same_whatever_it_holds(world, before, sign_in):
    after = _later(world)
    client = sign_in(world.a.coordinator)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(_page(after.campaign)).status_code == 200
        return len(queries)

    # The first visit of a page ticks its step of the guided visit.
    cost()
    few = cost()
    for number in range(8):
        raise_to_3(residence_at(world.a.landlord, world.commune, 1, name=f"De plus {number}"))
    closed(world.a, after.campaign, reason="Oubliées.")
    assert cost() == few


def test_the_picture_holds_each_site_once_on_both_sides(world, before):
    after = _later(world)
    with acting_as(world.a.coordinator):
        found = changes(_loaded(before), _loaded(after))
    rows = flow.flows(found)
    drawn = flow.picture(rows)
    for column in (drawn.before, drawn.after):
        assert sum(one.sites for one in column) == len(found)
    assert sum(band.flow.sites for band in drawn.bands) == len(found)
    # What leaves a place leaves it from its top to its foot.
    for side, start in ((drawn.before, lambda b: b.flow.before), (drawn.after, lambda b: b.flow.after)):
        for one in side:
            assert sum(b.flow.sites for b in drawn.bands if start(b) == one.mark) == one.sites
    assert flow.picture([]) is None
