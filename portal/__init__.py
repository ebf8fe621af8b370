"""Serve the pages of every role: login, home, search, guided visit, components, errors."""
