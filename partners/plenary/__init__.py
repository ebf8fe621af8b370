"""Aggregates that may leave the circles: released once for a campaign, for a plenary session of the council."""
