"""Sessions of other coding agents, read from their own files and never written: people bring their history along."""
