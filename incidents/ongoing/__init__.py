"""Records standing observations and disruptions."""
