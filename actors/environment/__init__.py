"""What a project's folder tells about the project: read, never run, and no link out of it is followed."""
