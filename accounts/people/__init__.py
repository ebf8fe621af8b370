"""Keeps people, their roles, and organisations."""
