#!/usr/bin/env python
"""Run a management command, on the embedded PostgreSQL when no DATABASE_URL is set."""

import os
import sys


def main() -> None:
    """Run the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    # An installation must name its database: an embedded server in its place would merely look like it.
    if os.environ["DJANGO_SETTINGS_MODULE"] != "config.settings.production":
        from config.database import ensure_database

        ensure_database()
    from django.core.management import execute_from_command_line

    from core.limits import long_work

    # Not for requests, if a command serves them: each is answered in a thread of its own.
    with long_work():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
