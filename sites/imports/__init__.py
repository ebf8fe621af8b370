"""Files sent in: reading them, mapping their columns, running them, saying what became of each row."""
