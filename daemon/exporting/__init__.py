"""Conversations as files for people: Markdown to go on with, a page that shows itself anywhere."""
