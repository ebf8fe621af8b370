"""Sorts, pages and narrows lists, and keeps each person's views of them."""
