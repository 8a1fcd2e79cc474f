"""Edit: changes a part of a text file and leaves everything else as it is, to the byte."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar

from msgspec import Meta

from actors.tools.atomic_write import write_atomically
from actors.tools.base import (
    StructTool,
    Subject,
    Text,
    ToolContext,
    ToolError,
    ToolInput,
    ToolResult,
    Workspace,
)
from actors.tools.diffs import unified_diff
from actors.tools.files import FilePath
from actors.tools.known_files import check_known
from actors.tools.line_window import MAX_LINE_LENGTH, numbered
from actors.tools.name_hints import missing
from actors.tools.regular_files import digest_of, exists, read_whole
from actors.tools.replacement import Replaced, replace
from actors.tools.summaries import shown_path
from actors.tools.text_format import UTF_8, decode, encode
from actors.tools.touched import file_entities

_LINES_AROUND = 4
_MAX_SNIPPET_LINES = 60


class EditInput(ToolInput, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to change."""

    file_path: FilePath
    old_string: Annotated[
        str,
        Meta(
            description=(
                "The exact text to replace, with its indentation but without the line numbers of Read. It must"
                " be unique in the file unless replace_all is set. Empty to create a file."
            )
        ),
    ]
    new_string: Annotated[str, Meta(description="The text to put there; different from old_string.")]
    replace_all: Annotated[bool, Meta(description="Replace every occurrence.")] = False


class Edit(StructTool[EditInput]):
    """Replaces a text in a file."""

    name: ClassVar[str] = "Edit"
    description: ClassVar[str] = (
        "Replaces old_string by new_string in a text file that was read in this conversation. The match is exact;"
        " it fails when old_string is missing or not unique (without replace_all), or when the file has changed"
        " since it was read. Encoding and line ends are kept. Returns the changed lines."
    )
    input_type = EditInput
    only_reads: ClassVar[bool] = False

    def subject(self, tool_input: EditInput, workspace: Workspace) -> Subject:
        """The file."""
        return Subject(self.name, workspace.root, (workspace.resolve(tool_input.file_path),))

    def summary(self, tool_input: EditInput, workspace: Workspace) -> str:
        """The path."""
        return shown_path(tool_input.file_path, workspace)

    def diff(self, tool_input: EditInput, workspace: Workspace) -> str | None:
        """The change against what is on disk now; None if it cannot be made."""
        try:
            path = workspace.resolve(tool_input.file_path)
            shown = workspace.shown(path)
            if not tool_input.old_string:
                return None if exists(path, shown) else unified_diff("", tool_input.new_string, shown)
            old, _ = decode(read_whole(path, shown), shown)
            return unified_diff(old, _replaced(tool_input, old, shown).text, shown)
        except ToolError:
            return None

    async def run(self, tool_input: EditInput, context: ToolContext) -> ToolResult:
        """Makes the change, or says why not; the file counts as read as it is then."""
        return await context.in_thread(_edit, tool_input, context)


def _edit(tool_input: EditInput, context: ToolContext) -> ToolResult:
    workspace = context.workspace
    path = workspace.resolve(tool_input.file_path)
    shown = workspace.shown(path)
    if tool_input.old_string == tool_input.new_string:
        raise ToolError("old_string and new_string are the same, so there is nothing to change.")
    if not tool_input.old_string:
        return _create(path, workspace, tool_input.new_string)
    if not exists(path, shown):
        raise ToolError(missing(path, shown))
    old, text_format = decode(check_known(path, shown, context.digests), shown)
    replaced = _replaced(tool_input, old, shown)
    data = encode(replaced.text, text_format, shown)
    write_atomically(path, shown, data)
    times = "" if replaced.count == 1 else f" in {replaced.count} places; the first"
    text = f"Changed {shown}{times}:\n{_snippet(replaced)}"
    return _changed(text, path, workspace, data)


def _create(path: Path, workspace: Workspace, content: str) -> ToolResult:
    shown = workspace.shown(path)
    if exists(path, shown):
        raise ToolError(f"{shown} exists already. Give the text to replace as old_string, or use Write.")
    data = encode(content, UTF_8, shown)
    write_atomically(path, shown, data)
    return _changed(f"Created {shown}.", path, workspace, data)


def _changed(text: str, path: Path, workspace: Workspace, data: bytes) -> ToolResult:
    """The result of a change: the file is known now as it was written."""
    return ToolResult(
        (Text(text),), digests={str(path): digest_of(data)}, entities=file_entities(path, workspace)
    )


def _replaced(tool_input: EditInput, text: str, shown: str) -> Replaced:
    replaces_all = tool_input.replace_all
    return replace(text, tool_input.old_string, tool_input.new_string, replaces_all=replaces_all, shown=shown)


def _snippet(replaced: Replaced) -> str:
    """The first replacement with a few lines around it, numbered."""
    text = replaced.text
    start = replaced.start
    for _ in range(_LINES_AROUND + 1):
        start = text.rfind("\n", 0, max(start, 0))
    end = replaced.end
    for _ in range(_LINES_AROUND + 1):
        found = text.find("\n", end)
        end = found + 1 if found >= 0 else len(text) + 1
    first = text.count("\n", 0, start + 1) + 1
    part = text[start + 1 : end - 1].removesuffix("\n")
    lines = [line.removesuffix("\r")[:MAX_LINE_LENGTH] for line in part.split("\n")]
    note = [f"[… {len(lines) - _MAX_SNIPPET_LINES} more lines]"] if len(lines) > _MAX_SNIPPET_LINES else []
    return "\n".join((numbered(lines[:_MAX_SNIPPET_LINES], first), *note))
