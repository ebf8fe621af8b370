"""Prepare and hold the workshop of a campaign: its order of the day, what is contested, how it was settled, its minutes."""
