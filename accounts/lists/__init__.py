"""Sort, page and filter lists, and store each person's views of them."""
