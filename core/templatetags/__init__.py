"""Provide the template tags that every application uses."""
