"""List residences, and show one: its level, the reasons for it, and its history."""
