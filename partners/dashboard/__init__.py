"""Shows a coordinator their territory."""
