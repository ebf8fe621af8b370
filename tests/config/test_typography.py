"""French texts have a no-break space wherever French typography has one: none begins a line with a colon."""

import gettext
import re

from babel.messages.pofile import read_po

from config.database import ROOT

LOCALE = ROOT / "locale"
# A sign that stands alone behind a plain space, a guillemet beside one, a number apart from its sign or unit.
LOOSE = re.compile(r"[^\n ] [:;?!»]|« |\bn° [\d%]|\d h\b")
# What a template has beside its texts: blocks of translation, tags, values, comments, elements.
BESIDE = re.compile(
    r"\{% (blocktranslate|comment)\b.*?\{% end\1 %\}|\{%.*?%\}|\{#.*?#\}|\{\{.*?\}\}|<(script|style)\b.*?</\2>|<[^>]*>",
    re.DOTALL,
)


def compiled():
    with (LOCALE / "fr" / "LC_MESSAGES" / "django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def sources():
    with (LOCALE / "en" / "LC_MESSAGES" / "django.po").open("rb") as file:
        for message in read_po(file, locale="en"):
            if message.id:
                yield message.context, message.id


def shown():
    """Every French text as people read it, each form of those that count."""
    french = compiled()
    for context, text in sources():
        if isinstance(text, tuple):
            yield from (french.ngettext(*text, n) for n in (1, 2))
        else:
            yield french.pgettext(context, text) if context else french.gettext(text)


def test_no_french_text_has_a_plain_space_where_a_line_must_not_break():
    texts = list(shown())
    assert [text for text in texts if LOOSE.search(text)] == []
    assert sum("\xa0" in text for text in texts) > 300


def test_typography_changes_spaces_and_nothing_else():
    french = compiled()
    single = [(context, text) for context, text in sources() if isinstance(text, str)]
    read = [
        (french.pgettext(context, text) if context else french.gettext(text), text)
        for context, text in single
    ]
    assert [pair for pair in read if pair[0].replace("\xa0", " ") != pair[1].replace("\xa0", " ")] == []


def test_no_template_has_a_plain_space_before_such_a_sign():
    found = []
    for file in sorted((ROOT / "templates").rglob("*")):
        if file.suffix in {".html", ".txt"}:
            # What is taken away leaves a letter, so that a colon behind a value is seen.
            rest = BESIDE.sub("x", file.read_text(encoding="utf-8"))
            found += [f"{file.relative_to(ROOT)}: {match[0]}" for match in LOOSE.finditer(rest)]
    assert found == []
