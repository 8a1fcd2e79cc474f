"""The daemon's log: for people on a terminal, as lines of JSON in a file, and without secrets in both."""
