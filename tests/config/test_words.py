"""One word for one thing: texts for people use the booklet's words, one verb for one act, one name for one thing."""

import re

import pytest
from babel.messages.pofile import read_po

from config.database import ROOT

CATALOG = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
# The texts for people that no catalogue holds: documents, lines of help, and pages for French readers.
OTHERS = ("partners/**/*.typ", "incidents/nomenclature/types.toml", "LISEZMOI.md")
GLOSSARY = ROOT / "docs" / "glossary.md"
# What must not come back → why.
UNWANTED = {
    r"occasionnel": "the booklet's word for the lowest frequency is « ponctuelle »",
    r"\btables? (?:1|2|n°)|\bdes deux tables\b|\btableau (?:1|2)\b": "the booklet says « tableau n° 1 », « tableau n° 2 »",
    r"\bclore\b|\bclos(?:es?)?\b|\bcl[oô]tur|\bm(?:ettre|et|ettez|ettra|is|ise) fin\b|\ba pris fin\b(?!, terminez)": (
        "disruptions, observations, roles, mandates, agreements and circles are all « terminés »"
    ),
    r"\bétats? publiés?\b|\bétats? (?:du|des) territoires?\b": "what a circle was given is a « publication »",
    r"\bcourriels?\b": "what is sent is an « e-mail », on every page",
    r"\bworkers?\b(?! --)": "what works in the background is a « traitement »",
    r"(?<!\()\bscores?\b|\bcrimes?\b": "a « niveau » is no score, and a « fait » is not yet a crime",
}
# A session and what a person tells of a place end by themselves: nobody's act.
ALLOWED = {
    "Votre session a pris fin",
    "pour l’envoi : la session a pris fin. Rien n’est perdu.",
}


def french_texts():
    """Each text with where it stands: those of the catalogue, and the lines of other files without code."""
    with CATALOG.open("rb") as file:
        for message in read_po(file, locale="en"):
            for text in (message.id,) if isinstance(message.id, str) else message.id:
                if text and text not in ALLOWED:
                    yield "catalogue", text
    for pattern in OTHERS:
        for path in sorted(ROOT.glob(pattern)):
            for line in path.read_text(encoding="utf-8").splitlines():
                yield str(path.relative_to(ROOT)), line
    for line in GLOSSARY.read_text(encoding="utf-8").splitlines():
        if line.startswith("| "):
            yield "glossary", line.split("|")[1]


def unwanted(pattern, texts):
    # A no-break space, however it is written, is a space to a reader.
    plain = ((where, text.replace("&nbsp;", " ").replace("\xa0", " ")) for where, text in texts)
    return [(where, text) for where, text in plain if re.search(pattern, text, re.IGNORECASE)]


@pytest.mark.parametrize(("pattern", "reason"), UNWANTED.items(), ids=lambda value: value[:20])
def test_no_text_says_otherwise(pattern, reason):
    assert unwanted(pattern, french_texts()) == [], reason


def test_the_texts_are_read_at_all():
    assert {"catalogue", "glossary", "LISEZMOI.md", "partners/notes/note.typ"} <= {
        where for where, _text in french_texts()
    }


@pytest.mark.parametrize(
    "text",
    [
        "Faits occasionnels", "Niveau de la table 1", "Tableau 2", "Clore la cellule", "cellule close",
        "Mettre fin au rôle", "La convention a pris fin.", "Dernier état publié", "Score du site",
        "Un courriel est parti", "Worker des fichiers",
    ],
)  # fmt: skip
def test_what_must_not_come_back_is_told_apart(text):
    assert sum(bool(unwanted(pattern, [("", text)])) for pattern in UNWANTED) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Tableau n°&nbsp;1 – impact", "ressemblance %(score)s", "Fermer le compte", "Si elle a pris fin, terminez-la plutôt",
        "Une publication est retirée", "rendu à son état d’avant",
    ],
)  # fmt: skip
def test_what_is_meant_stays(text):
    assert [pattern for pattern in UNWANTED if unwanted(pattern, [("", text)])] == []
