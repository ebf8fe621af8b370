"""Send mail to people, and keep what became of it."""
