"""Conversations as lines of JSON: out of one store, into another, without a loss and without a copy too many."""
