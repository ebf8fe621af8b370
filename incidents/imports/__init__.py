"""Import facts: match types by a table, and places by identifier, address or distance."""
