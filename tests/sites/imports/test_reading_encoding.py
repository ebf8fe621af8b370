"""French texts come back letter by letter; another encoding than the country's is proposed, never guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.cells import as_written
from sites.imports.reading import BrokenFileError, Choices, read, recognise

from .files import cells, csv_bytes, written

CAPITALS = [
    "REFERENCE;RESIDENCE;ADRESSE;CODE POSTAL;COMMUNE;LOGEMENTS",
    *(f"C{n};RÉSIDENCE ÉOLE {n};{n} RUE DE L’ÉCOLE;00100;BRUMEVAL;10" for n in range(1, 6)),
]


@pytest.mark.parametrize("rows", [1, 5])
def test_capitals_in_windows_1252_keep_their_accents_and_apostrophes(tmp_path, rows):
    content = csv_bytes(*CAPITALS[: rows + 1], encoding="cp1252", end="\r\n")
    found = recognise(written(tmp_path, content))
    assert (found.encoding, found.doubts) == ("cp1252", ())
    assert cells(content)[1][1:3] == ["RÉSIDENCE ÉOLE 1", "1 RUE DE L’ÉCOLE"]


FRENCH = st.text("ABCDEÉÈÊËÀÂÇÎÏÔÛÙÜŒÆŸéèàçœ’‘«»–—…€ '-0123", min_size=1, max_size=30)


@given(st.lists(FRENCH, min_size=1, max_size=5))
def test_any_french_text_in_windows_1252_comes_back_unharmed(texts):
    lines = [f"R{n};{text}" for n, text in enumerate(texts)]
    rows = cells(csv_bytes("RÉFÉRENCE;NOM", *lines, encoding="cp1252"), Choices(delimiter=";"))
    assert [row[1] for row in rows[1:]] == [as_written(text.strip()) for text in texts]


@given(
    st.lists(FRENCH, min_size=1, max_size=5),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]),
)
def test_so_does_it_in_unicode(texts, encoding):
    content = csv_bytes(
        "REFERENCE NUMERO;NOM", *(f"R{n};{text}" for n, text in enumerate(texts)), encoding="utf-8"
    )
    rows = cells(content.decode().encode(encoding), Choices(delimiter=";", header_row=1))
    assert [row[1] for row in rows[1:]] == [as_written(text.strip()) for text in texts]


@pytest.mark.parametrize("encoding", ["mac_roman", "cp850"])
def test_an_old_encoding_is_proposed_with_what_it_would_give(tmp_path, encoding):
    lines = ["référence;nom;adresse", "R1;Résidence Éole;3 allée des Érables", "R2;Le Chêne;4 rue du Hêtre"]
    path = written(tmp_path, csv_bytes(*lines, encoding=encoding))
    found = recognise(path)
    (doubt,) = found.doubts
    assert (found.encoding, doubt.code, doubt.choices) == ("cp1252", "encoding", ("cp1252", encoding))
    assert doubt.samples[1] == (
        "référence",
        "Résidence Éole",
        "3 allée des Érables",
        "Le Chêne",
        "4 rue du Hêtre",
    )
    assert doubt.samples[0] != doubt.samples[1]
    assert cells(path, Choices(encoding=encoding))[1] == ["R1", "Résidence Éole", "3 allée des Érables"]


@pytest.mark.parametrize(
    "word",
    ["12 rue Pasteur à Lyon", "bât. n° 3", "n° 3", "rue de l’Abbaye", "Sacré-Cœur", "Le Cœur", "“Le Pré”"],
)
def test_the_one_word_that_an_old_macintosh_writes_otherwise_is_asked_about(tmp_path, word):
    path = written(tmp_path, csv_bytes("reference;nom;ville", f"R1;{word};Lyon", encoding="mac_roman"))
    (doubt,) = recognise(path).doubts
    assert (doubt.choices[:2], doubt.samples[1]) == (("cp1252", "mac_roman"), (word,))
    assert cells(path, Choices(encoding="mac_roman"))[1] == ["R1", word, "Lyon"]


def test_a_text_with_characters_of_no_usual_encoding_is_not_read_without_an_answer():
    content = csv_bytes("reference;nom", "R1;Le Chêne", encoding="mac_roman")
    with pytest.raises(BrokenFileError) as refused:
        read(content)
    assert (
        str(refused.value)
        == "Ce fichier n’est ni en UTF-8 ni en Windows-1252 : enregistrez-le en « CSV UTF-8 »."
    )
    assert cells(content, Choices(encoding="cp1252"))[1] == ["R1", "Le Ch�ne"]


def test_a_name_with_letters_of_another_country_stays_as_it_is():
    assert cells(csv_bytes("reference;nom", "R1;Résidence Škoda", encoding="cp1252"))[1] == [
        "R1",
        "Résidence Škoda",
    ]
