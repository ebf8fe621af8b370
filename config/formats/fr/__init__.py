"""Define the French formats."""
