"""Messy files made from a known truth, imported as a person would, and judged row by row."""
