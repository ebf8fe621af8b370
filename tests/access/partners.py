from accounts.enums import Role  # noqa: F401

ROWS = {}
