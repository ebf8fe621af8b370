"""Serves the map background and the priority neighbourhoods."""
