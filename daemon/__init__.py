"""The door: HTTP becomes messages to actors, and their events become server-sent events."""
