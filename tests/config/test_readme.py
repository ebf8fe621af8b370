"""The two languages of the first page say the same: same commands, same links, in the same order."""

import re

from config.database import ROOT

PAGES = ("README.md", "LISEZMOI.md")


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def commands(text: str) -> list[str]:
    blocks = re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [re.sub(r"\s+#.*", "", line) for block in blocks for line in block.splitlines()]


def links(text: str) -> list[str]:
    found = re.findall(r"\]\(([^)]+)\)|src=\"([^\"]+)\"", text)
    return [target or source for target, source in found if target not in PAGES]


def test_both_pages_have_the_same_commands_links_and_chapters():
    english, french = (page(name) for name in PAGES)
    assert commands(french) == commands(english)
    assert links(french) == links(english)
    assert len(re.findall(r"^## ", french, re.MULTILINE)) == len(re.findall(r"^## ", english, re.MULTILINE))


def test_every_page_of_the_docs_links_to_files_that_exist():
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
    dead = {
        (file.name, link)
        for file in pages
        for link in links(file.read_text(encoding="utf-8"))
        if "://" not in link and not (file.parent / link.partition("#")[0]).exists()
    }
    assert dead == set()


def test_the_french_page_keeps_its_signs_beside_their_words():
    text = re.sub(
        r"^```\n.*?^```|`[^`]*`|https?:\S+|^\|[-| ]+\|$",
        "",
        page("LISEZMOI.md"),
        flags=re.MULTILINE | re.DOTALL,
    )
    assert re.findall(r"\S+ [:;!?»](?=\s|$)|« ", text, re.MULTILINE) == []
