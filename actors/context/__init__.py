"""What an agent is given to know: see docs/context.md."""
