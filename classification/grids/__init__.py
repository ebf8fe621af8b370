"""Show the versions of the grid, and simulate another one before anybody adopts it."""
