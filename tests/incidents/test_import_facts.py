"""Facts of a file: their type by a table, their place by identifier, door or distance."""

import datetime as dt
import gzip

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.scope import system_scope
from classification.models import SiteLevel
from incidents.checks import read_cost
from incidents.imports.days import read_day, read_time
from incidents.models import FactType, Incident
from sites.enums import ImportKind
from sites.imports.profiles import load
from sites.imports.run import importers
from sites.match_key import match_key
from sites.models import Commune, ImportRun
from tests import factories as f
from tests.imports import PARIS_12, csv_file, import_as_lead, import_as_operator, plant_communes

DMR = "id_dmr;type;soustype;adresse;code_postal;datedecl;geo_point_2d"
POLICE = "Crime ID,Month,Longitude,Latitude,Location,Crime type"
GENERIC = "identifiant;nature;jour;au plus tard le;heure;référence résidence;adresse;code postal;lieu précis;origine"
FACTS = ImportKind.INCIDENTS


@pytest.fixture
def stock(db):
    plant_communes()
    with system_scope("seeding"):
        commune = Commune.objects.get(code=PARIS_12)
        residence = f.ResidenceFactory(commune=commune, reference="R1")
        return {
            label: f.AddressFactory(
                residence=residence, label=label, match_key=match_key(label), longitude=lon, latitude=48.84
            )
            for label, lon in (("16-20 rue des Meuniers", 2.39), ("5 bis rue des Meuniers", 2.40))
        }


def dmr(*rows, **options):
    return import_as_operator(csv_file(DMR, *rows), "dans-ma-rue", FACTS, **options)


def facts(*fields):
    with system_scope("seeding"):
        return list(Incident.objects.order_by("external_id").values_list(*fields))


def test_place_by_door_within_a_range_then_by_distance(stock):
    result = dmr(
        "A1;Propreté;Déchets;18 Rue des Meuniers, 75012 PARIS;75012;02/01/2024;{'lon': 2.5, 'lat': 48.8}",
        "A2;Propreté;Déchets;19 Rue des Meuniers, 75012 PARIS;75012;02/01/2024;{'lon': 2.3905, 'lat': 48.84}",
        "A3;Propreté;Déchets;5 bis Rue des Meuniers, 75012 PARIS;75012;2024-01-02;",
        "A4;Propreté;Déchets;5 Rue des Meuniers, 75012 PARIS;75012;2024-01-02;",
        "A5;Propreté;Déchets;1 Rue Ailleurs, 75012 PARIS;75012;2024-01-02;{'lon': 2.5, 'lat': 48.8}",
    )
    assert result.verdicts == [
        ("imported", "by_address"), ("imported", "by_distance"), ("imported", "by_address"),
        ("rejected", "no_place"), ("rejected", "nothing_near"),
    ]  # fmt: skip
    assert facts("address__label", "day", "fact_type__code") == [
        ("16-20 rue des Meuniers", dt.date(2024, 1, 2), "LITTERING"),
        ("16-20 rue des Meuniers", dt.date(2024, 1, 2), "LITTERING"),
        ("5 bis rue des Meuniers", dt.date(2024, 1, 2), "LITTERING"),
    ]


def test_a_door_of_two_residences_settled_by_the_nearest_point_is_said_to_be_so(stock):
    with system_scope("seeding"):
        other = f.ResidenceFactory(commune=Commune.objects.get(code=PARIS_12), reference="R2")
        label = "16 rue des Meuniers"
        f.AddressFactory(
            residence=other, label=label, match_key=match_key(label), longitude=2.391, latitude=48.84
        )
    near = (
        "A1;Propreté;Déchets;16 Rue des Meuniers, 75012 PARIS;75012;02/01/2024;{'lon': 2.3911, 'lat': 48.84}"
    )
    alone = (
        "A2;Propreté;Déchets;18 Rue des Meuniers, 75012 PARIS;75012;02/01/2024;{'lon': 2.3911, 'lat': 48.84}"
    )
    assert dmr(near, alone).verdicts == [("imported", "by_distance"), ("imported", "by_address")]
    assert facts("residence__reference", "placed_by", "placed_certainty") == [
        ("R2", "nearest", "nearest"),
        ("R1", "address", "certain"),
    ]


def test_radius_is_in_true_metres(stock):
    # One hundred-thousandth of a degree of longitude is 0.73 m at this latitude.
    row = "A{};Propreté;x;;;2024-01-02;{{'lon': {}, 'lat': 48.84}}"
    rows = [row.format(n, 2.39 - metres / 73_265) for n, metres in enumerate((28, 32, 48, 52))]
    assert [outcome for outcome, _ in dmr(*rows, radius=30).verdicts] == [
        "imported", "rejected", "rejected", "rejected",
    ]  # fmt: skip
    assert [outcome for outcome, _ in dmr(*rows, radius=50).verdicts] == [
        "unchanged", "imported", "imported", "rejected",
    ]  # fmt: skip


def test_types_follow_the_table_of_the_profile(stock):
    cases = [
        ("Objets abandonnés", "Mobilier", "LITTERING"),
        ("GRAFFITIS, TAGS, AFFICHES ET AUTOCOLLANTS", "x", "TAGS"),
        ("Autos, motos, vélos, trottinettes...", "[] Épave de vélo - enlèvement demandé", "ABANDONED_CAR"),
        ("Autos, motos, vélos, trottinettes...", "Automobile en stationnement gênant", "LONG_PARKED_CAR"),
        ("Activités commerciales et professionnelles", "Terrasses : Nuisance sonore", "NOISE"),
        ("Activités commerciales et professionnelles", "Prospectus", "type_left_out"),
        ("Mobiliers urbains", "Autres : Banc  détérioré", "MINOR_DAMAGE"),
        ("Mobiliers urbains", "Dépose d'une poubelle de rue", "type_left_out"),
        ("Eau", "Fuite", "type_left_out"),
        ("Soucoupes volantes", "x", "unknown_type"),
    ]
    result = dmr(
        *(
            f"A{n};{kind};{sub};16 rue des Meuniers;75012;2024-01-02;"
            for n, (kind, sub, _) in enumerate(cases)
        )
    )
    codes = iter(code for (code,) in facts("fact_type__code"))
    found = [next(codes) if outcome == "imported" else reason for outcome, reason in result.verdicts]
    assert found == [expected for *_, expected in cases]


def test_an_unknown_type_close_to_an_accepted_one_is_proposed_it(stock, monkeypatch):
    words = [
        "Tapage nocturn",
        "degradation legere",
        "Squat des caves",
        "petit trafic",
        "Noize",
        "Soucoupes volantes",
    ]
    rows = [f"F{n};{word};2024-03-14;;;R1;;;;" for n, word in enumerate(words)]
    result = import_as_operator(csv_file(GENERIC, *rows), "generic", FACTS)
    assert result.verdicts == [("rejected", "unknown_type")] * len(words)
    assert [line["ligne"] for line in result.lines] == ["2", "3", "4", "5", "6", "7"]
    assert {line["motif"] for line in result.lines} == {"nature inconnue"}
    proposals = [line["proposition"] for line in result.lines]
    assert proposals == ["NOISE", "MINOR_DAMAGE", "", "PETTY_DEALING", "NOISE", ""]
    assert plain(result.lines[0]["remarques"]) == "vouliez-vous dire « Tapages, dont nocturnes » ?"
    assert result.lines[-1]["remarques"] == ""
    assert result.remarks == {}
    # What is proposed is accepted; beyond a number of unknown words nothing is looked for.
    again = [row.replace(words[n], proposals[n]) for n, row in enumerate(rows) if proposals[n]]
    assert import_as_operator(csv_file(GENERIC, *again), "generic", FACTS).verdicts == [
        ("imported", "by_reference")
    ] * len(again)
    monkeypatch.setattr("incidents.imports.types._MOST_PROPOSED", 1)
    few = import_as_operator(csv_file(GENERIC, *rows[:2], rows[0]), "generic", FACTS)
    assert [line["proposition"] for line in few.lines] == ["NOISE", "", "NOISE"]


@pytest.mark.parametrize(
    ("word", "code"),
    [("Cambriolage", "BURGLARY_THEFT"), ("Trafic", ""), ("Appropriation", "SPACE_APPROPRIATION"), ("H", "")],
)
def test_the_start_of_one_name_alone_proposes_it(stock, word, code):
    [line] = import_as_operator(csv_file(GENERIC, f"F1;{word};2024-03-14;;;R1;;;;"), "generic", FACTS).lines
    assert (line["code"], line["proposition"]) == ("unknown_type", code)


def test_a_type_left_empty_is_missing_not_unknown(stock):
    [line] = import_as_operator(csv_file(GENERIC, "F1;;2024-03-14;;;R1;;;;"), "generic", FACTS).lines
    assert (line["code"], line["motif"], line["proposition"]) == ("no_type", "nature absente", "")


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


def test_words_of_a_source_with_a_table_of_its_own_are_proposed_nothing(stock):
    [line] = dmr("A1;Tapage;x;16 rue des Meuniers;75012;2024-01-02;").lines
    assert (line["code"], line["proposition"], line["remarques"]) == ("unknown_type", "", "")


def test_every_code_in_every_table_is_in_the_nomenclature(db):
    codes = set(FactType.objects.values_list("code", flat=True))
    for profile in importers()[FACTS].profiles.values():
        assert {rule["code"] for rule in profile.tables.get("types", ()) if "code" in rule} <= codes


def test_overlapping_files_are_recognised_by_the_sources_id(stock):
    one = "A1;Propreté;x;16 rue des Meuniers;75012;02/01/2024;"
    two = "A2;Propreté;x;16 rue des Meuniers;75012;03/01/2024;"
    three = "A3;Propreté;x;16 rue des Meuniers;75012;2024-01-04;"
    assert dmr(one, two, one).verdicts == [
        ("imported", "by_address"), ("imported", "by_address"), ("merged", "duplicate_in_file"),
    ]  # fmt: skip
    comma = csv_file(
        DMR.replace(";", ","),
        *(row.replace(";", ",").replace("02/01/2024", "2024-01-02") for row in (one, three)),
    )
    assert import_as_operator(comma, "dans-ma-rue", FACTS).verdicts == [
        ("unchanged", "already_recorded"), ("imported", "by_address"),
    ]  # fmt: skip
    assert len(facts("id")) == 3


def test_facts_without_an_id_are_recognised_by_their_content(stock):
    row = ",2021-02,2.39,48.84,On or near X,Anti-social behaviour"
    content = csv_file(POLICE, row, row, row.replace("2021-02", "2021-03"))
    profile = {"area": [[2.0, 48.0, 3.0, 49.0]]}
    first = import_as_operator(content, "police-uk", FACTS, **profile)
    assert first.verdicts == [("imported", "by_distance")] * 3
    assert (
        import_as_operator(content, "police-uk", FACTS, **profile).verdicts
        == [("unchanged", "already_recorded")] * 3
    )
    assert sorted(facts("day", "span_end")) == [
        (dt.date(2021, 2, 1), dt.date(2021, 2, 28)),
        (dt.date(2021, 2, 1), dt.date(2021, 2, 28)),
        (dt.date(2021, 3, 1), dt.date(2021, 3, 31)),
    ]


def test_bad_dates_are_counted(stock):
    result = dmr(
        *(
            f"A{n};Propreté;x;16 rue des Meuniers;75012;{day};"
            for n, day in enumerate(("", "31/02/2024", "2999-01-01", "hier"))
        )
    )
    assert [reason for _, reason in result.verdicts] == ["bad_date", "bad_date", "future_date", "bad_date"]
    assert [row["objet"].partition(" · ")[0] for row in result.lines[1:]] == [
        "31/02/2024",
        "2999-01-01",
        "hier",
    ]


def test_own_format_reads_every_field(stock):
    content = csv_file(
        GENERIC + ";plainte déposée;numéro de plainte;coût des dégâts",
        "F1;Tapages, dont nocturnes;2024-03-14;;22h30;R1;5 bis rue des Meuniers;75012;Hall;Habitant;oui;P-12;1 200,50",
        "F2;NOISE;2024-03-14;2024-03-16;;R1;;;cave;Police;non;;",
        "F3;Noise, night included;2024-03-14;2024-03-10;;R1;;;;;;;",
        "F4;NOISE;2024-03-14;;;R1;;;Grenier;;;;",
    )
    result = import_as_operator(content, "generic", FACTS)
    assert result.verdicts == [
        ("imported", "by_reference"), ("imported", "by_reference"), ("rejected", "bad_span"), ("imported", "by_reference"),
    ]  # fmt: skip
    assert result.remarks == {"bad_word": 1}
    with system_scope("seeding"):
        first, second, last = Incident.objects.order_by("external_id")
    assert (first.address_id, first.time, first.place_kind, first.source) == (
        stock["5 bis rue des Meuniers"].pk, dt.time(22, 30), "lobby", "resident",
    )  # fmt: skip
    assert (first.complaint_filed, first.complaint_reference, str(first.damage_cost)) == (
        True,
        "P-12",
        "1200.50",
    )
    assert (second.address_id, second.span_end, second.place_kind) == (None, dt.date(2024, 3, 16), "cellar")
    assert (last.time, last.place_kind, last.source) == (None, "", "other")


def test_neither_a_complaint_number_nor_an_identifier_brings_a_name(stock):
    content = csv_file(
        GENERIC + ";plainte déposée;numéro de plainte",
        "F1;NOISE;2024-03-14;;;R1;;;;;oui;M. Durand Karim 06 12 34 56 78",
        "M. Durand Karim;NOISE;2024-03-15;;;R1;;;;;oui;PV 2026-12345",
    )
    result = import_as_operator(content, "generic", FACTS)
    assert result.verdicts == [("rejected", "bad_complaint_number"), ("rejected", "speaks_of_people")]
    assert plain(result.lines[1]["objet"]) == "colonne « identifiant »"
    with system_scope("seeding"):
        rejected = gzip.decompress(bytes(ImportRun.objects.get(pk=result.run.pk).rejected)).decode()
    assert not any("Durand" in text for line in result.lines for text in (rejected, *line.values()))
    assert facts("pk") == []


@pytest.mark.parametrize(
    ("time", "number", "cost", "reason"),
    [
        ("25:99", "", "", "bad_time"), ("vers minuit", "", "", "bad_time"), ("", "", "beaucoup", "bad_cost"),
        ("", "", "-5", "bad_cost"), ("", "", "100000000", "bad_cost"), ("", "déposée hier", "", "bad_complaint_number"),
        ("", "", "12,345", "bad_cost"), ("", "", "1.250 €", "bad_cost"), ("", "", "1e3", "bad_cost"),
    ],
)  # fmt: skip
def test_what_the_form_would_refuse_is_refused_and_comes_back_to_be_corrected(
    stock, time, number, cost, reason
):
    header = "identifiant;nature;jour;référence;heure;numéro de plainte;coût des dégâts"
    row = f"F1;NOISE;2024-03-14;R1;{time};{number};{cost}"
    result = import_as_operator(csv_file(header, row), "generic", FACTS)
    assert (result.verdicts, facts("pk")) == ([("rejected", reason)], [])
    with system_scope("seeding"):
        rejected = gzip.decompress(bytes(ImportRun.objects.get(pk=result.run.pk).rejected)).decode(
            "utf-8-sig"
        )
    _titles, line = rejected.splitlines()
    assert (line.split(";")[0], line.split(";", 2)[2]) == ("2", row)


@pytest.mark.parametrize(
    ("filed", "number", "verdict"),
    [("non", "2026/123", ("rejected", "number_without_complaint")), ("peut-être", "2026/123", ("rejected", "number_without_complaint")),
     ("", "2026/123", ("imported", "by_reference")), ("oui", "2026/123", ("imported", "by_reference")),
     ("oui", "", ("imported", "by_reference"))],
)  # fmt: skip
def test_a_number_of_a_complaint_that_was_not_filed_is_refused(stock, filed, number, verdict):
    header = "identifiant;nature;jour;référence;plainte déposée;numéro de plainte"
    result = import_as_operator(
        csv_file(header, f"F1;NOISE;2024-03-14;R1;{filed};{number}"), "generic", FACTS
    )
    assert result.verdicts == [verdict]
    expected = [(True, number)] if verdict[0] == "imported" else []
    assert facts("complaint_filed", "complaint_reference") == expected


@pytest.mark.parametrize(
    ("day", "end", "verdict"),
    [("2024-03-14", "2024-03-14", ("rejected", "bad_span")), ("14/03/2024", "14 mars 2024", ("rejected", "bad_span")),
     ("14/03/2024 21:30", "14/03/2024 23h", ("imported", "by_reference")),
     ("2024-03-14", "2024-03-15", ("imported", "by_reference"))],
)  # fmt: skip
def test_a_span_ends_on_a_later_day(stock, day, end, verdict):
    header = "nature;jour;au plus tard le;référence"
    assert import_as_operator(csv_file(header, f"NOISE;{day};{end};R1"), "generic", FACTS).verdicts == [
        verdict
    ]


@pytest.mark.parametrize(
    ("text", "cost"),
    [("1 250,50 €", "1250.50"), ("1\u202f250", "1250"), ("12.5", "12.5"), ("12.300000000000001", "12.3"),
     ("99999999.99", "99999999.99"), ("0", "0"), ("1.250", None), ("1,250", None), ("100000000", None), ("1_000", None),
     ("NaN", None), ("", None), ("-1", None)],
)  # fmt: skip
def test_costs(text, cost):
    read = read_cost(text)
    assert (None if read is None else str(read)) == cost


def test_a_row_with_two_faults_is_told_both(stock):
    header = "identifiant;nature;jour;référence;heure;coût des dégâts"
    result = import_as_operator(csv_file(header, "F1;NOISE;2024-03-14;R1;25:99;beaucoup"), "generic", FACTS)
    assert (result.verdicts, result.remarks) == ([("rejected", "bad_time")], {"bad_cost": 1})


@pytest.mark.parametrize("postcode", ["", "99999"])
def test_an_address_is_found_within_the_residence_named_whatever_the_postcode(stock, postcode):
    rows = [
        f"F{n};NOISE;2024-03-14;;;R1;{address};{postcode};;"
        for n, address in enumerate(
            ("18 rue des Meuniers", "5 bis rue des Meuniers", "3 rue des Mouettes", "")
        )
    ]
    result = import_as_operator(csv_file(GENERIC, *rows), "generic", FACTS)
    assert result.verdicts == [("imported", "by_reference")] * 4
    assert facts("address__label") == [
        ("16-20 rue des Meuniers",), ("5 bis rue des Meuniers",), (None,), (None,),
    ]  # fmt: skip
    assert [line["remarques"][:20] for line in result.lines] == ["", "", "adresse non reconnue", ""]


def test_one_address_is_not_taken_for_another(stock):
    with system_scope("seeding"):
        residence = f.ResidenceFactory(commune=stock["5 bis rue des Meuniers"].commune, reference="R2")
        f.AddressFactory(residence=residence, label="cour des Pins", match_key=match_key("cour des Pins"))
    rows = ("F1;NOISE;2024-03-14;;;R2;;;;", "F2;NOISE;2024-03-14;;;R2;Cour des pins;;;",
            "F3;NOISE;2024-03-14;;;R2;9 rue Ailleurs;;;")  # fmt: skip
    result = import_as_operator(csv_file(GENERIC, *rows), "generic", FACTS)
    assert facts("address__label") == [("cour des Pins",), ("cour des Pins",), (None,)]
    assert result.remarks == {"unknown_address": 1}


def test_a_remark_is_made_once_and_a_doubtful_complaint_is_one(stock):
    content = csv_file(
        GENERIC + ";plainte déposée", "F1;NOISE;2024-03-14;;;R1;;;Grenier;Voisine;peut-être",
        "F2;NOISE;2024-03-14;;;R1;;;;;Non",
    )  # fmt: skip
    result = import_as_operator(content, "generic", FACTS)
    assert result.remarks == {"bad_complaint": 1, "bad_word": 1}
    told = result.lines[0]["remarques"]
    assert (told.count("ni oui ni non"), told.count("lieu ou origine inconnus")) == (1, 1)
    assert facts("complaint_filed") == [(False,), (False,)]


def test_a_lead_reaches_own_stock_only(world):
    with system_scope("seeding"):
        for side, reference in ((world.a, "RA"), (world.b, "RB")):
            side.residence.reference = reference
            side.residence.save()
        point = (world.b.address.longitude, world.b.address.latitude)
        before = Incident.objects.filter(landlord=world.b.landlord).count()
    header = GENERIC + ";longitude;latitude"
    content = csv_file(
        header,
        "F1;NOISE;2024-03-14;;;RA;;;;;;",
        "F2;NOISE;2024-03-14;;;RB;;;;;;",
        f"F3;NOISE;2024-03-14;;;;;;;;{point[0]};{point[1]}",
    )
    result = import_as_lead(content, world.a.lead, world.a.landlord, kind=FACTS)
    assert result.verdicts == [
        ("imported", "by_reference"),
        ("rejected", "unknown_reference"),
        ("rejected", "nothing_near"),
    ]
    with system_scope("seeding"):
        assert Incident.objects.filter(landlord=world.b.landlord).count() == before
        assert Incident.objects.get(external_id="F1").reported_by_id == world.a.lead.pk


def test_levels_follow_in_the_same_transaction(stock):
    today = dt.date.today()  # noqa: DTZ011
    rows = [
        f"F{n};PETTY_DEALING;{today - dt.timedelta(n)};;;R1;5 bis rue des Meuniers;75012;;" for n in range(9)
    ]
    import_as_operator(csv_file(GENERIC, *rows), "generic", FACTS)
    with system_scope("seeding"):
        address = stock["5 bis rue des Meuniers"]
        assert SiteLevel.objects.get(address=address).level == 3


def test_query_count_does_not_grow_with_rows(stock):
    def queries(prefix, rows):
        with CaptureQueriesContext(connection) as captured:
            dmr(*(f"{prefix}{n};Propreté;x;16 rue des Meuniers;75012;2024-01-02;" for n in range(rows)))
        return len(captured)

    assert queries("A", 1) == queries("B", 3)


ROW = st.tuples(
    st.sampled_from(["", "A1", "A2", "=1+1"]),
    st.sampled_from(["NOISE", "Injures", "rien", ""]),
    st.sampled_from(["2024-01-02", "02/01/2024", "x", ""]),
    st.sampled_from(["", "2024-01-05", "2023-01-01", "?"]),
    st.sampled_from(["", "22:00", "99"]),
    st.sampled_from(["R1", "R9", ""]),
    st.sampled_from(["18 rue des Meuniers", "5 bis rue des Meuniers", "@x", ""]),
    st.sampled_from(["75012", "12", ""]),
    st.sampled_from(["Hall", "?", ""]),
    st.sampled_from(["Police", ""]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(ROW, max_size=10))
def test_every_row_is_accounted_for_and_a_second_import_changes_nothing(stock, rows):
    content = csv_file(GENERIC, *(";".join(row) for row in rows))
    result = import_as_operator(content, "generic", FACTS)
    assert sum(sum(reasons.values()) for reasons in result.counts.values()) == len(rows) == len(result.lines)
    count = len(facts("id"))
    again = import_as_operator(content, "generic", FACTS)
    assert "imported" not in again.counts
    assert len(facts("id")) == count


@pytest.mark.parametrize(
    ("text", "day"),
    [("2024-02-29", dt.date(2024, 2, 29)), ("29/02/2024", dt.date(2024, 2, 29)), ("2023-02-29", None),
     ("2024-01-02T10:00:00+01:00", dt.date(2024, 1, 2)), ("1.2.2024", dt.date(2024, 2, 1)), ("", None),
     ("3/11/26", dt.date(2026, 11, 3)), ("03.11.26", dt.date(2026, 11, 3)), ("26-11-03", None),
     ("18 novembre 2026", dt.date(2026, 11, 18)), ("mercredi 1er Août 2026", dt.date(2026, 8, 1)),
     ("3 déc. 2026", dt.date(2026, 12, 3)), ("3 jui 2026", None), ("31 février 2026", None),
     ("3 novembre", None)],
)  # fmt: skip
def test_days(text, day):
    assert read_day(text) == day


@pytest.mark.parametrize(
    ("text", "time"), [("22h", dt.time(22)), ("7:05", dt.time(7, 5)), ("24:00", None), ("x", None)]
)
def test_times(text, time):
    assert read_time(text) == time


def test_own_formats_have_an_example_for_each_column():
    for importer in importers().values():
        profile = load(importer.folder)["generic"]
        assert list(profile.tables["example"]) == [names[0] for names in profile.columns.values()]
