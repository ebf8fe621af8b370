"""Import of facts: types by a table, places by identifier, address or distance."""
