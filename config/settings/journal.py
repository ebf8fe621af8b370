"""Say where the checkpoints of the journals are written and mailed to; neither by default."""

import os

# A folder that the database server cannot write in, best on another machine.
JOURNAL_CHECKPOINTS = os.environ.get("JOURNAL_CHECKPOINTS", "")
JOURNAL_CHECKPOINT_RECIPIENTS = os.environ.get("JOURNAL_CHECKPOINT_RECIPIENTS", "").replace(",", " ").split()
