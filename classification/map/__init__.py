"""Shows the map of levels."""
