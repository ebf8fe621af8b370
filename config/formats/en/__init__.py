"""Define the English formats."""
