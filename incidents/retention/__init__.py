"""Keep records for their term: what is erased at its end, what a hold keeps, what is left, and what can no longer be computed."""
