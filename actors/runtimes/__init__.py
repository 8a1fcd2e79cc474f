"""The agent runtimes: one module for each kind of model server."""
