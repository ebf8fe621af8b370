"""Record standing observations and disruptions."""
