"""Manage territories, sharing agreements and assignments: who works where, and shares with whom."""
