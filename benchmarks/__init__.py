"""What the program promises to be fast at, each measured against a baseline of the same run."""
