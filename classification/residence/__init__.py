"""Shows a residence: its level, why, and over time."""
