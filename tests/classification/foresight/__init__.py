"""Tests of what is foreseen about places."""
