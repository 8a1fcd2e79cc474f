"""The process that renders. Parsers of foreign text can hang in a single call: a process can be ended, a thread not.

It reads questions from its standard input and ends with it.
"""

from __future__ import annotations

import signal
import sys
from typing import BinaryIO

from daemon.rendering import markdown
from daemon.rendering.wire import HEADER, Answer, Question, RenderText, packed, questions

MAX_MEMORY_BYTES = 1_000_000_000


def main() -> None:
    """Answers until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the daemon, which then closes the input
    _bound_memory()
    serve(sys.stdin.buffer, sys.stdout.buffer)


def serve(asked: BinaryIO, answered: BinaryIO) -> None:
    """Answers each question in turn."""
    while len(header := asked.read(HEADER.size)) == HEADER.size:
        answered.write(packed(answer(questions.decode(asked.read(HEADER.unpack(header)[0])))))
        answered.flush()


def answer(question: Question) -> Answer:
    """The answer to a question."""
    try:
        if isinstance(question, RenderText):
            return Answer(html=markdown.render(question.text, question.document))
        return Answer(blocks=tuple(markdown.blocks(question.text, is_ended=question.is_ended)))
    except Exception as error:  # noqa: BLE001  (whatever a parser stumbles over, the text is shown as it is)
        return Answer(problem=f"{type(error).__name__}: {error}")


def _bound_memory() -> None:
    try:
        import resource  # noqa: PLC0415  (not on Windows)
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))


if __name__ == "__main__":
    main()
