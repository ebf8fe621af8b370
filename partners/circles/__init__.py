"""Manage circles, their mandates and invitations."""
