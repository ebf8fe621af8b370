"""Provide the template tags of the classification application."""
