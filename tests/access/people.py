"""Whom a row may name beside the roles."""

# Logged in, without any role today.
STRANGER = "stranger"
# Not logged in.
ANONYMOUS = "anonymous"
# A program of landlord A, with its token.
PROGRAM = "program"
