"""Finds or takes the point of an address."""
