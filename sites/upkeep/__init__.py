"""Put the stock right: correct, close, add, move, merge and split its places, and take that back."""
