"""Shows a security lead what awaits them."""
