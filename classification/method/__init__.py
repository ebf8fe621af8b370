"""Define the scales and the grid, and show them."""
