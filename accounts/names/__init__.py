"""Keep the other names under which files name a landlord."""
