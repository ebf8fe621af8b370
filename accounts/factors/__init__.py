"""Say of whom a second factor is asked, and for which views one must have been given a short while ago."""
