"""Read any file as one table of texts: recognise what it is, then its rows one by one."""

from .contract import ENDINGS, BrokenFileError, Choices, Doubt, Recognised, Row, Table
from .reader import read, recognise

__all__ = [
    "ENDINGS",
    "BrokenFileError",
    "Choices",
    "Doubt",
    "Recognised",
    "Row",
    "Table",
    "read",
    "recognise",
]
