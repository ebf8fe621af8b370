"""Typeset documents as tagged PDF/UA-1 from templates and data."""

from .process import TypesettingError, typeset

__all__ = ["TypesettingError", "typeset"]
