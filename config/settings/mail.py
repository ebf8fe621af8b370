"""Configure the relay that outgoing mail is handed to; config/checks.py says what is unfit."""

import os

_port = os.environ.get("EMAIL_PORT") or "25"

EMAIL_HOST = os.environ.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = int(_port) if _port.isdecimal() else 0
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
# STARTTLS: the connection is encrypted after it was opened in the clear, on port 587 as a rule.
EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS") == "1"
# TLS from the first byte, on port 465 as a rule.
EMAIL_USE_SSL = os.environ.get("EMAIL_USE_SSL") == "1" and not EMAIL_USE_TLS
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL") or "palier@localhost"
