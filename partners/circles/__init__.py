"""Keeps circles, their mandates and invitations."""
