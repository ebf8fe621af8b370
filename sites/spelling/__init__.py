"""Read the parts of an address as people write it: words, numbers, buildings and entrances."""
