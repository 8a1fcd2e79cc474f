"""The version of the program; the packaging reads it here."""

VERSION = "0.1.0"
