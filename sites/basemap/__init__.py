"""Serve the background map and the priority neighbourhoods."""
