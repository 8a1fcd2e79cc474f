"""The `offline` runtime: no model, but a small agent with a grammar. It takes the same way as every other."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, TypeGuard

from actors.agent import AgentTurn
from actors.runtimes.base import FoundModel, Provider, Runtime, RuntimeStatus, Step, ToolSchema
from actors.transcript import AnyBlock, ContextBlock, Entry, TextBlock, ToolCallBlock, ToolResultBlock
from storage.ids import new_id

NOTICE = "Offline tools, not a language model"

HELP = f"""**{NOTICE}.** I understand these commands, one a line:

| Command | What it does |
|---|---|
| `read FILE [a-b]` | shows a file, or lines a to b of it |
| `list DIR` | lists the files in a folder |
| `search TEXT [in PATH]` | finds text in files |
| `run COMMAND` | runs a shell command |
| `edit FILE: replace X with Y` | replaces text in a file |
| `ask QUESTION: a \\| b` | asks you a question |
| `projects`, `tasks` | lists your projects or tasks |
| `task TITLE` | notes down a task |
| `help` | shows this table |
"""

UNKNOWN = f"""**{NOTICE}.** I can't answer this: I only understand a few commands. Write `help` to see them.

To talk to a model, connect a provider:

- **Claude**: set `ANTHROPIC_API_KEY`, or run `stagent connect anthropic`
- **OpenAI**: set `OPENAI_API_KEY`, or run `stagent connect openai`
- **Ollama**: start Ollama on this machine, or set `OLLAMA_HOST`

Then choose one of its models for this conversation.
"""

Call = tuple[str, dict[str, Any]]
PIECE_LENGTH = 24


class Offline(Runtime):
    """Commands instead of a model."""

    id: ClassVar[str] = "offline"
    label: ClassVar[str] = NOTICE
    provider: ClassVar[Provider] = "offline"
    is_model: ClassVar[bool] = False

    async def step(self, turn: AgentTurn, tools: Sequence[ToolSchema]) -> Step:
        """Calls the tools that the commands name, then shows what came of them."""
        del tools  # the grammar knows its own
        asked = _last_request(turn.transcript)
        commands = parse(asked)
        done = _results(turn.transcript)
        if commands is None:
            answer = HELP if asked.strip().lower() in {"help", "?"} else UNKNOWN
            return self._say(turn, answer + _given(turn.transcript))
        if calls := _next_calls(commands, done):
            blocks = tuple(ToolCallBlock(id=new_id(), name=name, input=given) for name, given in calls)
            return Step(blocks, "tool_use", model_id=self.id)
        shown = [_shown(call, result) for call, result in done if not _is_preparation(call, commands)]
        return self._say(turn, "\n\n".join(shown) + _given(turn.transcript))

    async def status(self) -> RuntimeStatus:
        """Always there."""
        return RuntimeStatus(True, None, True, None)

    async def models(self) -> Sequence[FoundModel]:
        """None: the table names it."""
        return ()

    def _say(self, turn: AgentTurn, answer: str) -> Step:
        turn.new_text_block()
        turn.status("generating", "Writing")
        for start in range(0, len(answer), PIECE_LENGTH):
            turn.text(answer[start : start + PIECE_LENGTH])
        return Step((TextBlock(text=answer),), "end_turn", model_id=self.id)


def parse(text: str) -> list[tuple[Call, ...]] | None:
    """The commands of a message: for each line the tool calls that it takes, one after the other.

    None where a line is no command.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    commands = [_command(line) for line in lines]
    found = [command for command in commands if command is not None]
    return found if found and len(found) == len(commands) else None


def _command(line: str) -> tuple[Call, ...] | None:
    if line.lower() in _BARE:
        return _BARE[line.lower()]
    verb, _, rest = line.partition(" ")
    make = _GRAMMAR.get(verb.lower())
    return make(rest.strip()) if make is not None and rest.strip() else None


def _read(rest: str) -> tuple[Call, ...]:
    match = re.fullmatch(r"(.+?)\s+(\d+)-(\d+)", rest)
    if match is None:
        return (("Read", {"file_path": rest}),)
    path, first, last = match[1], int(match[2]), int(match[3])
    return (("Read", {"file_path": path, "offset": first, "limit": max(1, last - first + 1)}),)


def _list(rest: str) -> tuple[Call, ...]:
    return (("Glob", {"pattern": "**/*", "path": rest}),)


def _search(rest: str) -> tuple[Call, ...]:
    text, separator, path = rest.rpartition(" in ")
    given: dict[str, Any] = {"pattern": re.escape(text if separator else rest), "output_mode": "content"}
    if separator:
        given["path"] = path.strip()
    return (("Grep", given),)


def _run(rest: str) -> tuple[Call, ...]:
    return (("Bash", {"command": rest}),)


def _edit(rest: str) -> tuple[Call, ...] | None:
    match = re.fullmatch(r"(.+?):\s*replace\s+(.+?)\s+with\s+(.*)", rest)
    if match is None:
        return None
    given = {"file_path": match[1], "old_string": match[2], "new_string": match[3]}
    return ("Read", {"file_path": match[1]}), ("Edit", given)


def _ask(rest: str) -> tuple[Call, ...] | None:
    question, separator, choices = rest.rpartition(":")
    labels = [choice.strip() for choice in choices.split("|") if choice.strip()]
    if not separator or len(labels) < 2 or not question.strip():
        return None
    options = [{"label": label, "description": ""} for label in labels]
    given = {"questions": [{"question": question.strip(), "header": "Question", "options": options}]}
    return (("AskUserQuestion", given),)


def _task(rest: str) -> tuple[Call, ...]:
    return (("CreateTask", {"title": rest}),)


_BARE: dict[str, tuple[Call, ...]] = {
    "projects": (("ListProjects", {}),),
    "tasks": (("ListTasks", {}),),
}
_GRAMMAR: dict[str, Callable[[str], tuple[Call, ...] | None]] = {
    "read": _read,
    "list": _list,
    "search": _search,
    "run": _run,
    "edit": _edit,
    "ask": _ask,
    "task": _task,
}


def _last_request(transcript: Sequence[Entry]) -> str:
    """What the person wrote last."""
    for entry in reversed(transcript):
        texts = [block.text for block in entry.blocks if _is_written(block)]
        if entry.role == "user" and texts:
            return texts[-1]
    return ""


def _is_written(block: AnyBlock) -> TypeGuard[TextBlock]:
    """Whether it is text of the person, not of what was given along with it."""
    return isinstance(block, TextBlock) and not isinstance(block, ContextBlock)


def _given(transcript: Sequence[Entry]) -> str:
    """What was given along with the person's last message, in Markdown; empty for nothing."""
    asked = next(
        (
            entry
            for entry in reversed(transcript)
            if entry.role == "user" and any(map(_is_written, entry.blocks))
        ),
        None,
    )
    told = [block for block in asked.blocks if isinstance(block, ContextBlock)] if asked is not None else []
    shown = [f"I was given the {one.about}:\n\n{_fenced(one.text.strip())}" for one in told if one.about]
    return "".join(f"\n\n{one}" for one in shown)


def _results(transcript: Sequence[Entry]) -> list[tuple[ToolCallBlock, ToolResultBlock]]:
    """The calls since the person's last message, with their results."""
    calls: dict[str, ToolCallBlock] = {}
    done: list[tuple[ToolCallBlock, ToolResultBlock]] = []
    for entry in transcript:
        if entry.role == "user" and any(_is_written(block) for block in entry.blocks):
            done = []
        for block in entry.blocks:
            _pair(block, calls, done)
    return done


def _pair(
    block: AnyBlock,
    calls: dict[str, ToolCallBlock],
    done: list[tuple[ToolCallBlock, ToolResultBlock]],
) -> None:
    if isinstance(block, ToolCallBlock):
        calls[block.id] = block
    elif isinstance(block, ToolResultBlock) and block.id in calls:
        done.append((calls[block.id], block))


def _next_calls(
    commands: list[tuple[Call, ...]], done: list[tuple[ToolCallBlock, ToolResultBlock]]
) -> list[Call]:
    """For each command its next call, if it has one left and none before it has failed."""
    wanted: list[Call] = []
    for command in commands:
        for name, given in command:
            failed = [result.is_error for call, result in done if (call.name, call.input) == (name, given)]
            if not failed:
                wanted.append((name, given))
            if not failed or failed[-1]:
                break
    return wanted


_TITLES = {
    "Read": "`{file_path}`",
    "Glob": "Files in `{path}`",
    "Grep": "Matches",
    "Bash": "`{command}`",
    "Edit": "Edited `{file_path}`",
    "AskUserQuestion": "Your answer",
    "ListProjects": "Projects",
    "ListTasks": "Tasks",
    "CreateTask": "Task `{title}`",
}


def _is_preparation(call: ToolCallBlock, commands: list[tuple[Call, ...]]) -> bool:
    """Whether the person did not ask for this call itself: an edit reads its file first."""
    return any((call.name, call.input) in command[:-1] for command in commands)


def _shown(call: ToolCallBlock, result: ToolResultBlock) -> str:
    """What came of a call, in Markdown."""
    text = "\n".join(part.text for part in result.content if isinstance(part, TextBlock)).rstrip()
    what = _TITLES.get(call.name, call.name).format_map({"path": ".", **call.input})
    if result.is_error:
        what = f"{what} did not work"
    return f"{what}:\n\n{_fenced(text)}" if text else f"{what}: nothing"


def _fenced(text: str) -> str:
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", text)), default=0))
    return f"{fence}\n{text}\n{fence}"
