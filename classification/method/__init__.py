"""Defines the scale and the grid, and shows them."""
