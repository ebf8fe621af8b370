"""Withdraw publications and notes, take a withdrawal back, and tell who had opened them."""
