"""Write and read the journal of who did what."""
