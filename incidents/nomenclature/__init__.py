"""Explain the fact types in words of the trade, and manage the territories' own sub-types."""
