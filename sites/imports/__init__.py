"""Import files: read them, map their columns, run them, report on each row."""
