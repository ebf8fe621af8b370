"""Parse the XML files of workbooks in blocks, by handlers."""

import zipfile
from collections.abc import Callable, Iterator
from typing import Any
from xml.parsers.expat import ParserCreate

BLOCK = 64 * 1024


def parse(
    archive: zipfile.ZipFile,
    path: str,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] = lambda _name: None,
) -> None:
    """Parse a whole file of the archive by the handlers of its elements."""
    for _size in fed(archive, path, start, end, lambda _data: None):
        pass


def fed(
    archive: zipfile.ZipFile,
    path: str,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    data: Callable[[str], None],
) -> Iterator[int]:
    """Parse a file of the archive by the handlers, and yield the size of each block that they have seen.

    Names are passed without their prefix: programs write different ones. Where the first element has none, nor
    have the others, and the handlers are called directly, which takes a third off the time.
    """
    bare: dict[str, str] = {}
    parser: Any = ParserCreate()

    def local(name: str) -> str:
        return bare.get(name) or bare.setdefault(name, name.rpartition(":")[2])

    def first(name: str, attributes: dict[str, str]) -> None:
        prefixed = ":" in name
        parser.StartElementHandler = (lambda name, more: start(local(name), more)) if prefixed else start
        parser.EndElementHandler = (lambda name: end(local(name))) if prefixed else end
        start(local(name), attributes)

    parser.buffer_text = True
    parser.StartElementHandler = first
    parser.CharacterDataHandler = data
    with archive.open(path) as source:
        while block := source.read(BLOCK):
            parser.Parse(block, False)
            yield len(block)
        parser.Parse(b"", True)
        yield 0
