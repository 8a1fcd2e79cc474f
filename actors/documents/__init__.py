"""Documents: files that people upload and images that tools return, and what can be read in them."""
