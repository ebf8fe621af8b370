"""Provide what every app stands on: row-level security, jobs, the outbox, files, dates, periods."""
