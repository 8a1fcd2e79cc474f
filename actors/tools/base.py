"""What a tool is: the one interface between an agent, the permission rules and the work itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

import msgspec

from actors.errors import ToolError
from actors.tools.input_schema import input_schema
from actors.tools.own_folder import OwnFolder
from storage.records import EntityType

if TYPE_CHECKING:
    from actors.agent_store import AgentStore

__all__ = [
    "EntityRef",
    "Image",
    "StructTool",
    "Subject",
    "Text",
    "Tool",
    "ToolContext",
    "ToolError",
    "ToolInput",
    "ToolResult",
    "Workspace",
]

InputT = TypeVar("InputT", bound="ToolInput")
AnyInputT = TypeVar("AnyInputT")
T = TypeVar("T")


class ToolInput(msgspec.Struct, frozen=True, kw_only=True):
    """Base of every tool's input; its fields become the tool's JSON schema."""


class Workspace(msgspec.Struct, frozen=True):
    """The folder an agent works in.

    Attributes:
        root: the working directory, absolute and with symlinks resolved.
        environment: environment variables for the processes it starts.
        only_paths: where a call that is allowed may go, as the rules or the person saw it; None before that.
        own_folder: stagent's data folder, where no tool may go; None where there is none.
    """

    root: Path
    environment: Mapping[str, str] = msgspec.field(default_factory=dict)
    only_paths: tuple[Path, ...] | None = None
    own_folder: OwnFolder | None = None

    def resolve(self, path: str) -> Path:
        """The absolute path that `path` stands for, symlinks resolved; it need not exist.

        Raises:
            ToolError: the path is empty, holds a NUL, runs in a circle of symlinks, leads into stagent's data
                folder, or elsewhere than when it was allowed.
        """
        if not path or "\0" in path:
            raise ToolError("The path is empty or holds a NUL character.")
        try:
            resolved = (self.root / Path(path).expanduser()).resolve()
        except (OSError, RuntimeError) as error:
            raise ToolError(f"{path} cannot be resolved: {error}") from error
        except UnicodeError as error:
            raise ToolError("The path holds half of a surrogate pair, which no file name can.") from error
        if self.own_folder is not None and self.own_folder.holds(resolved):
            raise ToolError(f"{path} lies in the data folder of stagent, which its tools leave alone.")
        if self.only_paths is not None and resolved not in self.only_paths:
            raise ToolError(f"Since it was allowed, {path} has come to lead to {resolved}. Ask again.")
        return resolved

    def shown(self, path: Path) -> str:
        """The path as a person reads it: relative to the working directory where it lies inside."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)


class Subject(msgspec.Struct, frozen=True):
    """What one tool call would touch, in the terms of the permission rules.

    Made by the tool from a validated input, before anybody is asked. It never holds the input's text
    where a resolved fact is known: a path is absolute and free of symlinks.

    Attributes:
        tool_name: the tool, for example `Bash` or `mcp__git__status`.
        root: the working directory, resolved.
        paths: the files and folders touched, resolved.
        command: the command line of a shell tool.
        url: the address of a fetching tool.
        only_reads: the call changes nothing.
        touches_nothing: the call touches nothing outside of stagent: it asks the person, or looks up what
            they see themselves, such as their tasks.
    """

    tool_name: str
    root: Path
    paths: tuple[Path, ...] = ()
    command: str | None = None
    url: str | None = None
    only_reads: bool = False
    touches_nothing: bool = False


class EntityRef(msgspec.Struct, frozen=True):
    """One of the person's projects, tasks, documents, conversations or files.

    Attributes:
        entity_id: its id; of a file, its path relative to the working directory.
    """

    entity_type: EntityType
    entity_id: str
    label: str


class Text(msgspec.Struct, frozen=True):
    """Text that a tool returns to the model."""

    text: str


class Image(msgspec.Struct, frozen=True):
    """An image that a tool returns to the model.

    Attributes:
        media_type: `image/png`, `image/jpeg`, `image/gif` or `image/webp`.
        data: the encoded file.
    """

    media_type: str
    data: bytes


class ToolResult(msgspec.Struct, frozen=True):
    """What a tool call came to.

    Attributes:
        content: what the model gets to see.
        kept: what is stored and shown instead, where the content holds a secret of the person.
        is_error: the call failed; `content` says why and what to do.
        digests: SHA-256 (hex) of each file as it now is known to the model, by resolved path; an empty
            string takes a file off the list.
        entities: what of the person's work the call was about.
    """

    content: tuple[Text | Image, ...]
    is_error: bool = False
    digests: Mapping[str, str] = msgspec.field(default_factory=dict)
    entities: tuple[EntityRef, ...] = ()
    kept: tuple[Text | Image, ...] | None = None

    @property
    def text(self) -> str:
        """All text of the result, blocks separated by a newline."""
        return "\n".join(block.text for block in self.content if isinstance(block, Text))


class ToolContext(Protocol):
    """What a running tool call may use."""

    workspace: Workspace
    digests: Mapping[str, str]
    """SHA-256 (hex) of the files that the model has read, by resolved path."""

    @property
    def store(self) -> AgentStore:
        """What stagent keeps."""
        ...

    def output(self, text: str) -> None:
        """Shows live output to the people who follow the turn; may be called as often as is handy."""
        ...

    async def in_thread(self, work: Callable[..., T], *args: Any) -> T:
        """Runs blocking work in a worker thread and awaits its result."""
        ...

    def ask(self, questions: tuple[Mapping[str, Any], ...]) -> Awaitable[Mapping[str, str]]:
        """Asks the person; answers by question id. Raises ToolError when nobody answers."""
        ...


class Tool(Protocol[AnyInputT]):
    """One tool. It holds no state of a turn: all there is comes with the call."""

    @property
    def name(self) -> str:
        """What the model and the permission rules call it."""
        ...

    @property
    def description(self) -> str:
        """For the model: what it does, when to use it, what it returns."""
        ...

    @property
    def only_reads(self) -> bool:
        """No call of it changes anything: such calls run side by side, and no diff is made."""
        ...

    def schema(self) -> dict[str, Any]:
        """The JSON schema of its input, without references."""
        ...

    def parse(self, raw: Any) -> AnyInputT:
        """The validated input, from decoded JSON. Quick, and from any thread. Raises ToolError."""
        ...

    def subject(self, tool_input: AnyInputT, workspace: Workspace) -> Subject:
        """What the call would touch. May look at the disk: call it in a worker thread. Raises ToolError."""
        ...

    def summary(self, tool_input: AnyInputT, workspace: Workspace) -> str:
        """One line for a person, for example `src/auth/login.ts` or `pytest -q`; at most 200 characters."""
        ...

    def diff(self, tool_input: AnyInputT, workspace: Workspace) -> str | None:
        """A unified diff of what the call would change, if it changes a text file. Call it in a worker thread."""
        ...

    async def run(self, tool_input: AnyInputT, context: ToolContext) -> ToolResult:
        """Does the work. Raises ToolError where the model can mend it."""
        ...


class StructTool(Generic[InputT]):
    """A tool whose input is a struct: its fields are the schema, and what validates."""

    name: ClassVar[str]
    input_type: type[InputT]

    def schema(self) -> dict[str, Any]:
        """The JSON schema of its input."""
        return input_schema(self.input_type)

    def parse(self, raw: Any) -> InputT:
        """The validated input.

        Raises:
            ToolError: a field is missing or has the wrong type; the message names the field.
        """
        try:
            return msgspec.convert(raw, self.input_type)
        except msgspec.ValidationError as error:
            raise ToolError(f"Invalid input for {self.name}: {error}") from error
