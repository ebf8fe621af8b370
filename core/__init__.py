"""Holds what every app stands on: row-level security, jobs, files, dates, periods; no model, no role."""
