"""What a provider says of an error, as a part of what a person is told."""

MAX_CHARS = 600


def its_words(message: str) -> str:
    """The words as a sentence that follows another; nothing where there are none."""
    words = " ".join(message.split())
    if not words:
        return ""
    if len(words) > MAX_CHARS:
        return f" It says: {words[:MAX_CHARS]}…"
    return f" It says: {words}" if words.endswith((".", "!", "?", "…")) else f" It says: {words}."
