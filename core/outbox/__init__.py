"""Hand tasks to the broker once the transaction that asks for them has committed."""
