"""Show a coordinator the dashboard of their territory."""
