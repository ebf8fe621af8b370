"""Publishes levels to a circle, and shows what was published."""
