"""Manage people, their roles, and organisations."""
