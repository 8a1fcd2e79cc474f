"""Asks a person at the terminal: for a permission, or for answers to the agent's questions."""

from __future__ import annotations

import getpass
import json
from typing import IO, Any

from rich.console import Console
from rich.markup import escape

from daemon.visible import visible_line


def ask_permission(event: dict[str, Any], terminal: IO[str], console: Console) -> dict[str, Any]:
    """The person's decision, as the body of an answer."""
    pattern = event["suggestedPattern"]
    always = rf"  \[a] always: {escape(visible_line(pattern))}" if pattern else ""
    while True:
        console.print(rf"\[y] allow once{always}  \[n] deny  \[e] edit", highlight=False, end=" › ")
        choice = _read(terminal, console, at_end="n").lower()
        if choice in {"y", "yes"}:
            return {"behavior": "allow"}
        if choice in {"a", "always"} and pattern:
            return {"behavior": "allow", "alwaysAllow": True, "permissionPattern": pattern}
        if choice in {"n", "no"}:
            console.print("Tell the agent why, or leave it empty", end=" › ")
            message = _read(terminal, console)
            return {"behavior": "deny", "message": message or None}
        if choice in {"e", "edit"}:
            edited = _edit(event["toolInput"], console)
            if edited is not None:
                return {"behavior": "allow", "updatedInput": edited}


def ask_questions(event: dict[str, Any], terminal: IO[str], console: Console) -> dict[str, Any]:
    """The person's answers, as the body of an answer. An empty line declines."""
    answers: dict[str, str] = {}
    for question in event["questions"]:
        console.print(f"[bold]{escape(visible_line(question['question']))}[/]", highlight=False)
        options = question.get("options") or []
        for number, option in enumerate(options, 1):
            description = f" [dim]{escape(visible_line(option.get('description') or ''))}[/]"
            console.print(
                f"  {number}. {escape(visible_line(option['label']))}{description}", highlight=False
            )
        several = bool(question.get("multiSelect"))
        hint = (
            ("numbers, with commas" if several else "a number") + ", or other words"
            if options
            else "your answer"
        )
        if question.get("isSecret"):
            given = getpass.getpass(f"{hint} (not shown) › ")
        else:
            console.print(hint, end=" › ", highlight=False)
            given = _read(terminal, console)
        if not given:
            return {"behavior": "deny", "message": "No answer."}
        answers[question.get("id") or question["question"]] = _chosen(given, options, several=several)
    return {"behavior": "allow", "updatedInput": {"questions": event["questions"], "answers": answers}}


def _chosen(given: str, options: list[dict[str, Any]], *, several: bool) -> str:
    """The labels of the numbers, or the words themselves."""
    parts = [part.strip() for part in given.split(",")] if several else [given]
    labels = [
        options[int(part) - 1]["label"] if part.isdecimal() and 0 < int(part) <= len(options) else part
        for part in parts
    ]
    return ", ".join(labels)


def _read(terminal: IO[str], console: Console, at_end: str = "") -> str:
    """A line; `at_end` at the end of input and after Ctrl-C."""
    console.file.flush()
    try:
        line = terminal.readline()
    except KeyboardInterrupt:
        line = ""
    if not line:
        console.print()
        return at_end
    return line.strip()


def _edit(tool_input: Any, console: Console) -> Any:
    """The input as the person has changed it in their editor; None where it is no JSON or unchanged."""
    import click  # noqa: PLC0415

    text = click.edit(json.dumps(tool_input, indent=2, ensure_ascii=False), extension=".json")
    if text is None:
        return None
    try:
        return json.loads(text)
    except ValueError as error:
        console.print(f"That is not valid JSON: {escape(str(error))}", style="red")
        return None
