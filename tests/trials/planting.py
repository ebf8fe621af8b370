"""Configure what plants the fiction in a database of production: its key seals the scopes."""

import os

from config.settings.browser import *  # noqa: F403 - settings build on each other

SECRET_KEY = SCOPE_KEY = os.environ.get("SECRET_KEY", "")
