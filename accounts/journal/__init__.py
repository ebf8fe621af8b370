"""Writes and reads the journal of who did what."""
