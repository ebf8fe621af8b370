"""Manage the tokens with which programs of an organisation call the API."""
