"""Find the points of addresses, by a geocoder or by hand."""
