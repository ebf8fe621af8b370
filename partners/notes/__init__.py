"""Make, issue and render synthesis notes."""
