"""Makes, issues and renders synthesis notes."""
