"""Show the map of levels."""
