"""Show how the sites of a landlord or of a territory are spread over the levels, month after month."""
