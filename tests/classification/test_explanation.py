"""A finding in words: the sentences people check against the records."""

import datetime as dt

import pytest
from django.utils import translation

from classification.method.grid import reference_grid
from classification.models import GridVersion
from classification.residence.explanation import explain, explain_disruption, explain_place
from classification.residence.snapshot import explain_frozen

AS_OF = dt.date(2026, 3, 31)


def version() -> GridVersion:
    grid = reference_grid()
    return GridVersion(
        name="essai",
        cells={
            f"{int(g)}.{int(f)}": [int(v), str(grid.provenance[g, f])] for (g, f), v in grid.cells.items()
        },
        thresholds={str(int(f)): [t.occurrences, t.days] for f, t in grid.thresholds.items()},
    )


def ago(*numbers: int) -> list[dt.date]:
    return sorted(AS_OF - dt.timedelta(n) for n in numbers)


def finding(**changes):
    days = changes.pop("days", ago(0, 2, 4, 6, 8, 10, 12, 14, 16))
    counts = {
        name: sum((AS_OF - day).days < window for day in days or ())
        for name, window in (("in_daily", 28), ("in_regular", 91), ("in_occasional", 365))
    }
    return {
        "fact_type": "Petits trafics", "code": "PETTY_DEALING", "gravity": 2, "frequency": 3,
        "observed": None, "level": 3, "days": days, "spans": None, **counts, **changes,
    }  # fmt: skip


def say(**changes):
    return explain(finding(**changes), AS_OF, version())


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


def test_sentence_of_the_method():
    said = say()
    assert plain(said.sentence) == "Petits trafics : quotidiens, 9 jours sur les 28 derniers → niveau 3"
    assert (said.level, said.frequency, said.notes) == (3, 3, ())


def test_punctuation_and_numbers_do_not_break_from_their_words():
    s = "\N{NO-BREAK SPACE}"
    assert say().sentence == f"Petits trafics{s}: quotidiens, 9{s}jours sur les{s}28{s}derniers → niveau{s}3"


def test_days_are_those_of_the_deciding_window():
    said = say(days=ago(3, 40, 41, 42, 43, 44, 120, 300), frequency=2, level=2)
    assert plain(said.sentence) == "Petits trafics : réguliers, 6 jours sur les 91 derniers → niveau 2"
    assert said.days == tuple(ago(3, 40, 41, 42, 43, 44))


@pytest.mark.parametrize(
    ("label", "code", "words"),
    [
        ("Tags", "TAGS", "Tags : ponctuels, 1 jour sur les 365 derniers"),
        ("Injures", "INSULTS", "Injures : ponctuelles, 1 jour sur les 365 derniers"),
        ("Vandalisme", "VANDALISM", "Vandalisme : ponctuel, 1 jour sur les 365 derniers"),
        ("Présence d’armes", "WEAPONS", "Présence d’armes : ponctuelle, 1 jour sur les 365 derniers"),
        ("Nature locale", "", "Nature locale : ponctuels, 1 jour sur les 365 derniers"),
    ],
)
def test_frequency_agrees_with_the_type(label, code, words):
    said = say(fact_type=label, code=code, days=ago(200), frequency=1, level=1)
    assert plain(said.sentence) == f"{words} → niveau 1"


def test_every_seeded_type_agrees(db):
    from classification.residence.explanation import _FEMININE, _SINGULAR
    from incidents.models import FactType

    codes = set(FactType.objects.values_list("code", flat=True))
    assert _FEMININE - codes == _SINGULAR - codes == set()


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (["2026-03-01", "2026-03-31", 3], "3 faits entre le 1er et le 31 mars"),
        (["2026-03-01", "2026-03-31", 1], "1 fait entre le 1er et le 31 mars"),
        (["2026-02-28", "2026-03-02", 2], "2 faits entre le 28 février et le 2 mars"),
        (["2025-12-30", "2026-01-01", 2], "2 faits entre le 30 décembre 2025 et le 1er janvier"),
        (["2025-11-01", "2025-11-30", 1250], "1 250 faits entre le 1er et le 30 novembre 2025"),
    ],
)
def test_facts_of_unknown_day_are_told_by_their_span(span, words):
    said = say(days=[], spans=[span], in_occasional=2, frequency=1, level=1)
    assert plain(said.sentence) == (
        f"Petits trafics : ponctuels, {words}, soit 2 jours sur les 365 derniers → niveau 1"
    )
    assert [plain(s) for s in said.spans] == [words]


def test_spans_are_added_to_the_known_days():
    said = say(
        days=ago(1, 2, 3, 4), spans=[["2026-03-01", "2026-03-31", 3]], frequency=2, level=2,
        in_daily=7, in_regular=7, in_occasional=7,
    )  # fmt: skip
    assert plain(said.sentence) == (
        "Petits trafics : réguliers, 7 jours sur les 91 derniers "
        "(4 connus, plus 3 faits entre le 1er et le 31 mars) → niveau 2"
    )


def test_what_is_frozen_tells_counts_and_neither_days_nor_periods():
    frozen = finding(days=None, spans=[["2026-03-01", "2026-03-31", 1]], frequency=2, level=2, in_regular=7)
    said = explain_frozen(frozen | {"label_fr": frozen["fact_type"]}, AS_OF, version())
    assert plain(said.sentence) == "Petits trafics : réguliers, 7 jours sur les 91 derniers → niveau 2"
    assert (said.days, said.spans) == ((), ())


def test_many_spans_are_summed_in_the_sentence_and_listed_beside():
    spans = [["2026-01-01", "2026-01-31", 2], ["2026-02-01", "2026-02-28", 4]]
    said = say(days=[], spans=spans, in_regular=6, in_occasional=6, frequency=2, level=2)
    assert "6 faits sur 2 périodes entre le 1er janvier et le 28 février" in plain(said.sentence)
    assert len(said.spans) == 2


def test_spans_outside_the_deciding_window_are_left_out():
    said = say(
        days=ago(0, 3, 6, 9, 12, 15, 18, 21), spans=[["2025-06-01", "2025-06-30", 3]], in_occasional=11
    )
    assert plain(said.sentence) == "Petits trafics : quotidiens, 8 jours sur les 28 derniers → niveau 3"
    assert said.spans == ()


def test_standing_observation_alone_decides():
    said = say(days=[], observed=3, confirmed_on=dt.date(2026, 3, 1))
    assert plain(said.sentence) == (
        "Petits trafics : quotidiens, d’après un constat permanent confirmé le 1er mars → niveau 3"
    )
    assert [plain(n) for n in said.notes] == [
        "Aucun fait saisi sur les 365 derniers jours : le constat permanent décide."
    ]


def test_the_higher_of_counted_and_observed_decides_and_the_other_is_told():
    said = say(days=ago(2, 200), observed=3)
    assert plain(said.sentence) == "Petits trafics : quotidiens, d’après un constat permanent → niveau 3"
    assert [plain(n) for n in said.notes] == [
        "Les faits saisis seuls donneraient : ponctuels, 2 jours sur les 365 derniers."
    ]
    said = say(observed=1)
    assert "9 jours" in plain(said.sentence)
    assert [plain(n) for n in said.notes] == [
        "Un constat permanent dit moins : ponctuels ; les faits saisis décident."
    ]
    assert [plain(n) for n in say(observed=3).notes] == ["Un constat permanent dit la même fréquence."]


def test_frequency_the_booklet_does_not_list_is_noted():
    said = say(fact_type="Incendies", code="FIRE", listed_daily=False)
    assert [plain(n) for n in said.notes] == [
        "Le tableau n° 2 ne cite pas cette nature à cette fréquence (quotidiens) : elle est classée quand même."
    ]
    assert say(listed_daily=True, listed_regular=False).notes == ()


def test_days_may_be_iso_strings_as_in_a_frozen_copy():
    as_dates, as_text = say(), say(days=finding()["days"])
    frozen = explain(finding() | {"days": [d.isoformat() for d in finding()["days"]]}, AS_OF, version())
    assert frozen == as_dates == as_text


def disruption(**changes):
    return {
        "service": "Ascenseur", "service_code": "lift", "extent": "partial",
        "starts_on": dt.date(2026, 3, 3), "ends_on": None, "recurs_daily": False, "level": 3,
        "counts_until": None, **changes,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "words", "level"),
    [
        ({}, "Ascenseur : indisponibilité partielle ou temporaire depuis le 3 mars", 3),
        ({"extent": "limited", "ends_on": dt.date(2026, 3, 31), "starts_on": AS_OF},
         "Ascenseur : gêne de quelques heures au plus le 31 mars", 2),
        ({"extent": "total"}, "Ascenseur : interruption totale ou durable depuis le 3 mars", 4),
        ({"extent": "limited", "recurs_daily": True},
         "Ascenseur : gêne de quelques heures au plus, chaque jour, depuis le 3 mars", 4),
        ({"service": "Présence du personnel", "service_code": "staff_presence", "extent": "limited",
          "hours_from": None, "hours_until": None},
         "Présence du personnel : gêne de quelques heures au plus depuis le 3 mars", 2),
        ({"service": "Présence du personnel", "service_code": "staff_presence", "extent": "impossible",
          "hours_from": dt.time(22), "hours_until": dt.time(6, 5)},
         ("Présence du personnel : rendue impossible sur certains horaires (de 22 h à 6 h 05) "
          "depuis le 3 mars"), 4),
    ],
)  # fmt: skip
def test_disruption_in_a_sentence(changes, words, level):
    sentence = explain_disruption(disruption(**changes, level=level), AS_OF)
    assert plain(sentence) == f"{words} → niveau d’impact {level}"


def test_ended_disruption_says_until_when_it_counts():
    ended = disruption(ends_on=dt.date(2026, 3, 10), counts_until=dt.date(2026, 6, 8))
    sentence = explain_disruption(ended, AS_OF)
    assert plain(sentence) == (
        "Ascenseur : indisponibilité partielle ou temporaire du 3 mars au 10 mars → niveau d’impact 3 "
        "(terminée, compte jusqu’au 8 juin)"
    )


FOUND = [{"fact_type": "Petits trafics", "level": 3}, {"fact_type": "Rodéos", "level": 3},
         {"fact_type": "Tags", "level": 1}]  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "impact", "found", "services", "words"),
    [
        (1, 1, [], [], "Niveau 1 : aucun fait et aucune perturbation ne comptent à cette date."),
        (1, 1, FOUND[2:], [], "Niveau 1 : les faits sont rares et mineurs, aucune perturbation ne compte."),
        (3, 2, FOUND, ["Ascenseur"],
         "Niveau 3 d’après les faits (tableau n° 2) : Petits trafics et Rodéos. L’impact (tableau n° 1) donne 2."),
        (3, 4, FOUND, ["Ascenseur"],
         "Niveau 4 d’après l’impact (tableau n° 1) : Ascenseur. Les faits (tableau n° 2) donnent 3."),
        (3, 3, FOUND, ["Ascenseur"],
         ("Niveau 3 d’après les faits (tableau n° 2) : Petits trafics et Rodéos, "
          "comme d’après l’impact (tableau n° 1) : Ascenseur.")),
    ],
)  # fmt: skip
def test_place_says_which_table_decided(facts, impact, found, services, words):
    assert plain(explain_place(facts, impact, found, services)) == words


def test_english_dates_are_english():
    with translation.override("en"):
        said = say(days=[], spans=[["2025-03-01", "2025-04-30", 2]], in_occasional=2, frequency=1, level=1)
    assert "30\N{NO-BREAK SPACE}April\N{NO-BREAK SPACE}2025" in said.sentence
