"""`stagent chat`: a conversation in the terminal."""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from daemon.cli import Context, data_dir_option, offer_restart
from daemon.client import Client
from daemon.client_errors import ClientError

if TYPE_CHECKING:
    from daemon.terminal import TurnView

CONVERSATIONS = "/api/chat/conversations"
THE_TERMINAL = {"id": "terminal", "name": "the terminal"}
TERMINAL_EVENTS = frozenset({"done", "error", "interrupted"})
NOBODY = "Nobody is at the terminal to ask. Start `stagent chat` in a terminal, or save a rule for this."


@click.command()
@click.option("-c", "--conversation", "conversation_id", metavar="ID", help="Go on with this conversation.")
@click.option("-m", "--model", metavar="MODEL", help="Model of a new conversation.")
@click.option("--runtime", metavar="RUNTIME", help="Runtime of a new conversation.")
@click.option(
    "-C",
    "--directory",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="Where the agent works. Default: here.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the events, one JSON object a line.")
@click.argument("prompt", required=False)
@data_dir_option
@click.pass_obj
def chat(
    context: Context,
    *,
    conversation_id: str | None,
    model: str | None,
    runtime: str | None,
    directory: Path,
    as_json: bool,
    prompt: str | None,
) -> None:
    """Chat in the terminal. With PROMPT, or a prompt on standard input: one answer, then the end."""
    from daemon.launch import running

    client = running(context.data_dir, offer_restart)
    if prompt is None and not sys.stdin.isatty():
        prompt = sys.stdin.read().strip()
        if not prompt:
            raise click.ClickException("There is no prompt on standard input.")
    conversation = _conversation(client, conversation_id, model, runtime, directory)
    session = Session(client, conversation, as_json=as_json)
    if prompt is not None:
        if not session.answer(prompt):
            raise click.exceptions.Exit(1)
        return
    session.introduce()
    for line in _lines():
        session.answer(line)


class Session:
    """One conversation in this terminal."""

    def __init__(self, client: Client, conversation: dict[str, Any], *, as_json: bool) -> None:
        from rich.console import Console

        self._client = client
        self._conversation = conversation
        self._path = f"{CONVERSATIONS}/{conversation['id']}"
        self._as_json = as_json
        self._console = Console()

    def introduce(self) -> None:
        """Says who answers, and how to leave."""
        from actors.models import LABELS

        model = self._conversation["modelId"]
        label = LABELS.get(self._conversation["runtimeId"], self._conversation["runtimeId"])
        self._console.print(f"[bold]{label}[/]{f' · {model}' if model else ''} · {self._conversation['id']}")
        self._console.print("[dim]Enter sends, Ctrl-C stops an answer, Ctrl-D leaves.[/]")

    def answer(self, prompt: str) -> bool:
        """Sends a message and shows the answer; whether it came to its end."""
        from daemon.terminal import TurnView

        view = TurnView(self._console)
        body = {"content": prompt, "clientMessageId": str(uuid.uuid4())}
        last = self._follow(view, self._client.stream("POST", f"{self._path}/messages", body))
        if last is not None and last["type"] == "error" and last["code"] == "turn_running":
            return False
        if not self._as_json:  # which a program reads
            with suppress(ClientError):  # the answer is here all the same
                self._client.post(f"{self._path}/read")
        return last is not None and last["type"] == "done"

    def _follow(self, view: TurnView, events: Iterator[dict[str, Any]]) -> dict[str, Any] | None:
        """Shows the events up to the last one; Ctrl-C stops the turn, and its end is still shown."""
        was_stopped = False
        seq: int | None = None
        while True:
            try:
                for event in events:
                    seq = event["seq"] if event["seq"] is not None else seq
                    if self._show(view, event):
                        return event
            except KeyboardInterrupt:
                view.end_text()
                if was_stopped or seq is None:
                    raise click.Abort from None
                was_stopped = True
                with suppress(ClientError):  # it has ended by itself
                    self._client.post(f"{self._path}/cancel")
                events = self._client.stream("GET", f"{self._path}/stream", after=seq)
            else:
                return None

    def _show(self, view: TurnView, event: dict[str, Any]) -> bool:
        """Shows an event; whether it is the last one."""
        if event["type"] == "permission_request" and event["isShortened"] and not self._as_json:
            event = self._whole(event)
        if self._as_json:
            click.echo(json.dumps(event, ensure_ascii=False))
        else:
            view.show(event)
        if event["type"] in {"permission_request", "question"}:
            self._respond(event)
        return event["type"] in TERMINAL_EVENTS

    def _whole(self, event: dict[str, Any]) -> dict[str, Any]:
        """A request with what its event has no room for: a person decides about all of it."""
        row = self._client.get(f"{self._path}/messages/{event['messageId']}")
        return {**event, **{name: row["metadata"][name] for name in ("toolInput", "diff")}}

    def _respond(self, event: dict[str, Any]) -> None:
        terminal = None if self._as_json else open_terminal()
        if terminal is None:
            answer: dict[str, Any] = {"behavior": "deny", "message": NOBODY}
            click.echo(f"stagent: {NOBODY}", err=True)
        else:
            from daemon.asking import ask_permission, ask_questions

            with terminal:
                ask = ask_permission if event["type"] == "permission_request" else ask_questions
                answer = ask(event, terminal, self._console)
        body = {"requestId": event["requestId"], "client": THE_TERMINAL, **answer}
        self._client.post(f"{self._path}/respond", body)


def _conversation(
    client: Client, conversation_id: str | None, model: str | None, runtime: str | None, directory: Path
) -> dict[str, Any]:
    """The conversation to go on with, or a new one."""
    if conversation_id is not None:
        found: dict[str, Any] = client.get(f"{CONVERSATIONS}/{conversation_id}")
        return found
    if runtime is None and model is not None:
        models = client.get("/api/chat/models?all=true")
        runtime = next((one["runtimeId"] for one in models if one["id"] == model), None)
    if runtime is None:
        runtime = next(one["id"] for one in client.get("/api/runtimes") if one["isDefault"])
    body = {"runtimeId": runtime, "modelId": model, "workingDirectory": str(directory.resolve())}
    created: dict[str, Any] = client.post(CONVERSATIONS, body)
    return created


def open_terminal() -> IO[str] | None:
    """The terminal to ask at, also where standard input is a pipe; None where there is none."""
    if not sys.stdout.isatty():
        return None
    if sys.stdin.isatty():
        return open(sys.stdin.fileno(), closefd=False)
    try:
        return open("/dev/tty")  # noqa: PTH123  (the caller closes it)
    except OSError:
        return None


def _lines() -> Iterator[str]:
    """What the person types, until the end of input."""
    with suppress(ImportError):
        import readline  # noqa: F401  (gives `input` a history and keys)
    while True:
        try:
            line = input("\n› ").strip()
        except EOFError:
            click.echo()
            return
        except KeyboardInterrupt:
            click.echo()
            continue
        if line in {"/exit", "/quit"}:
            return
        if line:
            yield line
