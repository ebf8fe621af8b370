"""Record, correct, cancel, list and export facts."""
