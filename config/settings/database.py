"""Configure the database: the product's own role, and the owner of the tables for migrations."""

import os
import sys
from typing import Any

import dj_database_url

# A pooler may give each transaction another connection, so no state may be left in one.
DATABASE_POOLED = os.environ.get("DATABASE_POOLER", "") == "1"
_URL = "postgresql:///palier"
_runtime = dj_database_url.parse(os.environ.get("DATABASE_URL", _URL), conn_max_age=60)

DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **_runtime,
        "ATOMIC_REQUESTS": True,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": DATABASE_POOLED,
        # Statements are prepared where the code asks for it (classification.engine), never by repetition.
        "OPTIONS": {
            "connect_timeout": 5,
            **_runtime.get("OPTIONS", {}),
            "prepare_threshold": None if DATABASE_POOLED else sys.maxsize,
        },
    },
    # For `migrate --database owner`: the runtime role owns no table and may alter none.
    "owner": {**dj_database_url.parse(os.environ.get("DATABASE_OWNER_URL", _URL), conn_max_age=0)},
}
