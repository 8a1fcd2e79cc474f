"""The endpoints, one module for each resource. A method parses, asks, answers."""
