"""Cancel, move or retype many facts at once, and undo that as one."""
