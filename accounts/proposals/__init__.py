"""Propose roles to people, who accept or refuse them; until then a role counts for nothing."""
