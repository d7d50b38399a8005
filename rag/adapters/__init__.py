"""One home for each vendor: everything outside reaches the product through a port."""
