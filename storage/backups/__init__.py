"""Backups: one archive that holds what the program remembers, made while it runs, and put back as a whole."""
