"""Show a security lead what awaits them."""
