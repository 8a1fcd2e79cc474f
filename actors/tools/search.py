"""Glob and Grep: finding files by name and by content, as ripgrep does it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

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
from actors.tools.content_search import MAX_OUTPUT_SIZE, Search, search_files
from actors.tools.file_listing import EVERYTHING, NOT_GIT, matching_files, newest_first
from actors.tools.name_hints import missing
from actors.tools.regular_files import check_regular, exists, lies_there
from actors.tools.summaries import one_line, shown_path

MAX_PATHS = 1_000
_NOTHING_SEARCHED = "rg: No files were searched"
_WILDCARDS = frozenset("*?[{")


class GlobInput(ToolInput, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which files to list."""

    pattern: Annotated[
        str,
        Meta(
            min_length=1,
            description=(
                "A glob such as **/*.py, src/**/*.{ts,tsx} or README.md; without a slash it matches in every folder."
            ),
        ),
    ]
    path: Annotated[
        str | None, Meta(description="The folder to look in; the working directory if left out.")
    ] = None


class Glob(StructTool[GlobInput]):
    """Lists files by name."""

    name: ClassVar[str] = "Glob"
    description: ClassVar[str] = (
        "Lists the files whose path matches a glob, newest first, at most 1,000. Files that .gitignore excludes"
        " are left out; symlinks are not followed."
    )
    input_type = GlobInput
    only_reads: ClassVar[bool] = True

    def subject(self, tool_input: GlobInput, workspace: Workspace) -> Subject:
        """The folder."""
        folder, _ = _folder_and_pattern(tool_input, workspace)
        return Subject(self.name, workspace.root, (folder,), only_reads=True)

    def summary(self, tool_input: GlobInput, workspace: Workspace) -> str:
        """The pattern and the folder."""
        place = f" in {shown_path(tool_input.path, workspace)}" if tool_input.path else ""
        return one_line(f"{tool_input.pattern}{place}")

    def diff(self, tool_input: GlobInput, workspace: Workspace) -> None:
        """Nothing changes."""

    async def run(self, tool_input: GlobInput, context: ToolContext) -> ToolResult:
        """One path a line, relative to the working directory."""
        workspace = context.workspace
        folder, pattern = await context.in_thread(_folder_and_pattern, tool_input, workspace)
        await context.in_thread(_check_folder, folder, workspace.shown(folder))
        names, message = await matching_files(folder, pattern, workspace.environment)
        if workspace.own_folder is not None:
            names = set(await context.in_thread(workspace.own_folder.left_out, folder, names))
        if not names:
            return ToolResult((Text(message or "No files match."),), is_error=bool(message))
        newest = await context.in_thread(newest_first, folder, names, MAX_PATHS)
        # Names from where a symlink leads that was put on the way meanwhile are nobody's to see.
        newest = await context.in_thread(_still_there, folder, newest)
        lines = [_printable(workspace.shown(folder / name)) for name in newest]
        if len(names) > len(newest):
            lines.append(
                f"[The newest {len(newest):,} of {len(names):,} files. Narrow the pattern to see others.]"
            )
        if message:
            lines.append(f"[{message}]")
        return ToolResult((Text("\n".join(lines)),))


class GrepInput(ToolInput, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to search for, where, and what to return."""

    pattern: Annotated[
        str, Meta(min_length=1, description="A regular expression as ripgrep knows it (Rust syntax).")
    ]
    path: Annotated[
        str | None, Meta(description="The file or folder to search; the working directory if left out.")
    ] = None
    glob: Annotated[
        str | None,
        Meta(description="Search only files that match this glob, for example *.{ts,tsx} or !*.lock."),
    ] = None
    type: Annotated[
        str | None, Meta(description="Search only files of this type of ripgrep, for example py, js, rust.")
    ] = None
    output_mode: Annotated[
        Literal["files_with_matches", "content", "count"],
        Meta(
            description="files_with_matches: the paths; content: the lines with numbers; count: lines that match, a file."
        ),
    ] = "files_with_matches"
    case_insensitive: Annotated[bool, Meta(description="Ignore upper and lower case.")] = False
    context: Annotated[
        Annotated[int, Meta(ge=0)] | None,
        Meta(description="Lines to show before and after each match (output_mode content)."),
    ] = None
    before_context: Annotated[
        Annotated[int, Meta(ge=0)] | None, Meta(description="Lines to show before each match.")
    ] = None
    after_context: Annotated[
        Annotated[int, Meta(ge=0)] | None, Meta(description="Lines to show after each match.")
    ] = None
    head_limit: Annotated[
        Annotated[int, Meta(ge=1)] | None, Meta(description="Return only the first so many lines.")
    ] = None
    multiline: Annotated[
        bool, Meta(description="Let a match go over several lines, with . matching line ends too.")
    ] = False


class Grep(StructTool[GrepInput]):
    """Searches the content of files."""

    name: ClassVar[str] = "Grep"
    description: ClassVar[str] = (
        "Searches files with ripgrep. Returns paths by default, or lines with numbers, or counts; at most 30 KB,"
        " sorted by path. Files that .gitignore excludes, binary files and files that look like secrets (keys,"
        " .env) are left out, unless path names the file itself."
    )
    input_type = GrepInput
    only_reads: ClassVar[bool] = True

    def subject(self, tool_input: GrepInput, workspace: Workspace) -> Subject:
        """The file or folder."""
        return Subject(self.name, workspace.root, (_target(tool_input, workspace),), only_reads=True)

    def summary(self, tool_input: GrepInput, workspace: Workspace) -> str:
        """The expression and the place."""
        return one_line(f"/{tool_input.pattern}/ in {shown_path(tool_input.path or '.', workspace)}")

    def diff(self, tool_input: GrepInput, workspace: Workspace) -> None:
        """Nothing changes."""

    async def run(self, tool_input: GrepInput, context: ToolContext) -> ToolResult:
        """The matches, with paths relative to the working directory."""
        workspace = context.workspace
        found = await search_files(await context.in_thread(_search_of, tool_input, workspace), context)
        if not found.printed:
            return _nothing_found(found.message)
        lines = _lines(found.printed, tool_input.head_limit)
        if found.message:
            lines.append(f"[{found.message}]")
        return ToolResult((Text("\n".join(lines)),))


def _folder_and_pattern(tool_input: GlobInput, workspace: Workspace) -> tuple[Path, str]:
    """The resolved folder, and the pattern relative to it; an absolute pattern brings its folder along."""
    pattern, path = tool_input.pattern, tool_input.path or "."
    if pattern.startswith(("/", "~")):
        parts = Path(pattern).parts
        fixed = next((n for n, part in enumerate(parts) if _WILDCARDS & set(part)), len(parts) - 1)
        path, pattern = str(Path(*parts[:fixed])), "/".join(parts[fixed:])
    if ".." in pattern.split("/"):
        raise ToolError("A pattern cannot hold `..`; give the folder as path.")
    return workspace.resolve(path), pattern


def _check_folder(folder: Path, shown: str) -> None:
    if not exists(folder, shown):
        raise ToolError(missing(folder, shown))
    if not folder.is_dir():
        raise ToolError(f"{shown} is not a folder.")


def _still_there(folder: Path, names: list[str]) -> list[str]:
    return [name for name in names if lies_there(folder / name)]


def _printable(path: str) -> str:
    return os.fsencode(path).decode("utf-8", "replace")


def _target(tool_input: GrepInput, workspace: Workspace) -> Path:
    return workspace.resolve(tool_input.path or ".")


def _search_of(tool_input: GrepInput, workspace: Workspace) -> Search:
    target = _target(tool_input, workspace)
    shown = workspace.shown(target)
    if not exists(target, shown):
        raise ToolError(missing(target, shown))
    is_folder = target.is_dir()
    if not is_folder:
        with suppress(FileNotFoundError, NotADirectoryError):  # gone since: who opens it says so
            check_regular(target.lstat(), shown)
    matching = [f"--regexp={tool_input.pattern}"]
    if tool_input.case_insensitive:
        matching.append("--ignore-case")
    if tool_input.multiline:
        matching += ["--multiline", "--multiline-dotall"]
    if tool_input.type:
        matching.append(f"--type={tool_input.type}")
    return Search(
        matching=matching,
        showing=_showing(tool_input),
        scope=_folder_globs(tool_input.glob, target, workspace) if is_folder else (),
        target=target,
        is_folder=is_folder,
        line_limit=tool_input.head_limit,
    )


def _showing(tool_input: GrepInput) -> list[str]:
    match tool_input.output_mode:
        case "files_with_matches":
            return ["--files-with-matches"]
        case "count":
            return ["--count"]
        case "content":
            wide = ["--max-columns=1000", "--max-columns-preview"]
            return ["--line-number", "--no-heading", *wide, *_context_arguments(tool_input)]


def _context_arguments(tool_input: GrepInput) -> list[str]:
    counts = {
        "context": tool_input.context,
        "before-context": tool_input.before_context,
        "after-context": tool_input.after_context,
    }
    return [f"--{option}={count}" for option, count in counts.items() if count is not None]


def _folder_globs(glob: str | None, folder: Path, workspace: Workspace) -> list[str]:
    """The globs for a search through a folder: never into .git, never into what looks like a secret."""
    # They bring pathspec and tree-sitter along, which other tools do without.
    from actors.permissions import SECRET_GLOBS, looks_secret  # noqa: PLC0415

    shown = workspace.shown(folder)
    if looks_secret(folder / "any", workspace.root):
        raise ToolError(
            f"{shown} is a folder for secrets, so it is not searched. Name the one file that you need."
        )
    arguments = [f"--glob={_anywhere(glob)}"] if glob and glob not in EVERYTHING else []
    # The last glob that matches a file wins, and ripgrep puts those of --iglob last.
    secret = [f"--iglob=!{_anywhere(secret)}" for secret in SECRET_GLOBS if not secret.startswith("!")]
    return [*arguments, NOT_GIT, *secret]


def _anywhere(glob: str) -> str:
    """The glob with its path taken from any folder, not only from the working directory."""
    sign, glob = ("!", glob[1:]) if glob.startswith("!") else ("", glob)
    is_path = "/" in glob.rstrip("/") and not glob.startswith(("/", "**/"))
    return f"{sign}**/{glob}" if is_path else f"{sign}{glob}"


def _nothing_found(message: str) -> ToolResult:
    if message.startswith(_NOTHING_SEARCHED):
        return ToolResult(
            (Text("No files to search: the glob or the type excludes all of them, or .gitignore does."),)
        )
    return ToolResult((Text(message or "No matches."),), is_error=bool(message))


def _lines(printed: bytes, limit: int | None) -> list[str]:
    """Whole lines within both limits, and a note if there are more."""
    is_cut = len(printed) > MAX_OUTPUT_SIZE
    kept = printed[: printed.rindex(b"\n") if b"\n" in printed else MAX_OUTPUT_SIZE] if is_cut else printed
    lines = kept.decode("utf-8", "replace").removesuffix("\n").split("\n")
    if limit is not None and len(lines) > limit:
        return [*lines[:limit], f"[There is more; these are the first {limit:,} lines.]"]
    if is_cut:
        lines.append(
            "[There is more; the output was cut at 30 KB. Narrow the search or list only the paths.]"
        )
    return lines
