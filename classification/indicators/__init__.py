"""Count what was recorded in a period, beside another period: by type, place, hour, landlord and residence."""
