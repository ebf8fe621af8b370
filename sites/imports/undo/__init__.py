"""Undo a whole import: what it created goes, what it overwrote comes back, what was used or changed since stays."""
