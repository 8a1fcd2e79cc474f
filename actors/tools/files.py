"""Read and Write: whole files and parts of them, as the agent sees and replaces them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, ClassVar

from msgspec import Meta

from actors.tools.atomic_write import write_atomically
from actors.tools.base import (
    Image,
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
from actors.tools.known_files import check_known
from actors.tools.line_window import MAX_LINES
from actors.tools.read_text import read_text
from actors.tools.regular_files import digest_of, exists, open_regular, read_whole, size
from actors.tools.summaries import shown_path
from actors.tools.text_format import UTF_8, binary_kind, decode, encode, image_type
from actors.tools.touched import file_entities

_HEAD_SIZE = 8192
_MAX_IMAGE_SIZE = 5 * 1024 * 1024

FilePath = Annotated[
    str,
    Meta(min_length=1, description="The file: an absolute path, or one relative to the working directory."),
]


class ReadInput(ToolInput, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to read."""

    file_path: FilePath
    offset: Annotated[
        Annotated[int, Meta(ge=0)] | None, Meta(description="Number of the first line to read, from 1.")
    ] = None
    limit: Annotated[
        Annotated[int, Meta(ge=1)] | None, Meta(description="How many lines to read; 2000 if left out.")
    ] = None


class Read(StructTool[ReadInput]):
    """Reads a text file or an image."""

    name: ClassVar[str] = "Read"
    description: ClassVar[str] = (
        "Reads a file. Text comes as numbered lines (number, tab, line): by default the first 2,000, each cut at"
        " 2,000 characters, at most 256 KB; a note says when there is more and how to read on. PNG, JPEG, GIF"
        " and WebP images up to 5 MB are shown to you. A file must be read before Edit or Write may change it."
        " It reads no folders (use Glob) and no other binary files."
    )
    input_type = ReadInput
    only_reads: ClassVar[bool] = True

    def subject(self, tool_input: ReadInput, workspace: Workspace) -> Subject:
        """The file."""
        path = workspace.resolve(tool_input.file_path)
        return Subject(self.name, workspace.root, (path,), only_reads=True)

    def summary(self, tool_input: ReadInput, workspace: Workspace) -> str:
        """The path."""
        return shown_path(tool_input.file_path, workspace)

    def diff(self, tool_input: ReadInput, workspace: Workspace) -> None:
        """Nothing changes."""

    async def run(self, tool_input: ReadInput, context: ToolContext) -> ToolResult:
        """The lines or the image; the file counts as read from now on."""
        return await context.in_thread(_read, tool_input, context.workspace)


class WriteInput(ToolInput, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to write."""

    file_path: FilePath
    content: Annotated[str, Meta(description="The whole new content; it is written as UTF-8, as it is.")]


class Write(StructTool[WriteInput]):
    """Writes a whole file."""

    name: ClassVar[str] = "Write"
    description: ClassVar[str] = (
        "Writes a whole file, new or in place of an existing one, and creates missing folders. An existing file"
        " must have been read in this conversation and not have changed since. Use Edit to change a part."
    )
    input_type = WriteInput
    only_reads: ClassVar[bool] = False

    def subject(self, tool_input: WriteInput, workspace: Workspace) -> Subject:
        """The file."""
        return Subject(self.name, workspace.root, (workspace.resolve(tool_input.file_path),))

    def summary(self, tool_input: WriteInput, workspace: Workspace) -> str:
        """The path."""
        return shown_path(tool_input.file_path, workspace)

    def diff(self, tool_input: WriteInput, workspace: Workspace) -> str | None:
        """The change against what is on disk now; None if that is no text or cannot be read."""
        try:
            path = workspace.resolve(tool_input.file_path)
            shown = workspace.shown(path)
            old = decode(read_whole(path, shown), shown)[0] if exists(path, shown) else ""
        except ToolError:
            return None
        return unified_diff(old, tool_input.content, shown)

    async def run(self, tool_input: WriteInput, context: ToolContext) -> ToolResult:
        """Writes it, or says why not; the file counts as read from now on."""
        return await context.in_thread(_write, tool_input, context)


def _read(tool_input: ReadInput, workspace: Workspace) -> ToolResult:
    path = workspace.resolve(tool_input.file_path)
    shown = workspace.shown(path)
    with open_regular(path, shown) as file:
        head = file.read(_HEAD_SIZE) or b""
        if media_type := image_type(head):
            rest = file.read(_MAX_IMAGE_SIZE + 1 - len(head)) or b""
            return _image(path, workspace, media_type, head + rest)
        if kind := binary_kind(head):
            length = file.seek(0, 2)
            raise ToolError(
                f"{shown} is {kind} ({size(length)}), which Read does not show. Use Bash to look into it."
            )
        first = max(tool_input.offset or 1, 1)
        text, digest = read_text(file, head, shown, first, tool_input.limit or MAX_LINES)
    return ToolResult(
        (Text(text),), digests={str(path): digest} if digest else {}, entities=file_entities(path, workspace)
    )


def _image(path: Path, workspace: Workspace, media_type: str, data: bytes) -> ToolResult:
    shown = workspace.shown(path)
    if len(data) > _MAX_IMAGE_SIZE:
        raise ToolError(
            f"{shown} is an image larger than {size(_MAX_IMAGE_SIZE)}. Make a smaller copy with Bash first."
        )
    note = Text(f"[{shown}: {media_type}, {size(len(data))}]")
    return ToolResult(
        (note, Image(media_type, data)),
        digests={str(path): digest_of(data)},
        entities=file_entities(path, workspace),
    )


def _write(tool_input: WriteInput, context: ToolContext) -> ToolResult:
    workspace = context.workspace
    path = workspace.resolve(tool_input.file_path)
    shown = workspace.shown(path)
    data = encode(tool_input.content, UTF_8, shown)
    is_new = not exists(path, shown)
    if not is_new:
        check_known(path, shown, context.digests)
    write_atomically(path, shown, data)
    done = "Created" if is_new else "Wrote"
    return ToolResult(
        (Text(f"{done} {shown} ({size(len(data))})."),),
        digests={str(path): digest_of(data)},
        entities=file_entities(path, workspace),
    )
