"""A window on the door: it knows a URL and a credential, nothing more."""
