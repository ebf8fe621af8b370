"""Demonstrates the product on a fictional territory; absent from the production image."""
