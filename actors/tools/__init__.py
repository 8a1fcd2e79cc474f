"""The tools an agent can use."""
