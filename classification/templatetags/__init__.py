"""Template tags of the classification app."""
