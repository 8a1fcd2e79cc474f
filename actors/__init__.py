"""What decides and does: conversations, turns, pending requests, agents and their tools."""
