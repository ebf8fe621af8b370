"""Keep and remove the other references of residences."""
