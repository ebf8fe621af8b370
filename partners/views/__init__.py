"""Pages of circles, publications and notes."""
