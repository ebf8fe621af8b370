"""Demonstrate the product on a fictional territory; the production image leaves this app out."""
