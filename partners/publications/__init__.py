"""Publish levels to a circle, and show what was published."""
