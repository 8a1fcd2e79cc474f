"""The settings: one frozen value. Defaults, then the file, then the environment, then the command line.

No tornado here, and of the actors only what a server's entry looks like: the command line and the desktop read
settings too.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from actors.mcp.config import MAX_SERVERS, ServerEntry, ServerName
from storage.paths import DataDir

DEFAULT_PORT = 7345
ENVIRONMENT_PREFIX = "STAGENT_"

LogLevel = Literal["debug", "info", "warning", "error"]
StartSeconds = Annotated[float, Meta(ge=0.1, le=60)]
Seconds = Annotated[float, Meta(ge=0, le=7 * 24 * 3600)]
Port = Annotated[int, Meta(ge=0, le=65535)]
HttpUrl = Annotated[str, Meta(pattern=r"^https?://[^\s]+$", max_length=2000)]
ModelName = Annotated[str, Meta(min_length=1, max_length=200)]
Dollars = Annotated[float, Meta(gt=0, le=1_000_000)]
Price = Annotated[float, Meta(ge=0, le=1_000_000)]
Tokens = Annotated[int, Meta(ge=0, le=1_000_000)]
Days = Annotated[int, Meta(ge=1, le=36_500)]
Window = Annotated[int, Meta(ge=2_000, le=100_000_000)]


class SettingsError(Exception):
    """A setting is wrong; the message names it, where it stands and what it may be."""


class ModelPrice(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """US dollars for a million tokens of a model."""

    input: Price
    output: Price
    cache_read: Annotated[Price | None, Meta(description="null: as much as any input.")] = None
    cache_write: Annotated[Price | None, Meta(description="null: as much as any input.")] = None


class Settings(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """All settings. What `PATCH /api/settings` changes is kept in the file; `port` is read at start."""

    port: Annotated[
        Port | None, Meta(description="Port on loopback; null for 7345 or, if taken, any free one.")
    ] = None
    permission_timeout_seconds: Annotated[
        Seconds, Meta(description="How long a permission request waits for a person; 0 for ever.")
    ] = 600.0
    default_runtime_id: Annotated[
        str | None, Meta(description="Runtime of a conversation that names none; null for the first usable.")
    ] = None
    default_models: Annotated[
        dict[str, ModelName], Meta(description="Model of a conversation that names none, by runtime id.")
    ] = {}
    model_ids: Annotated[
        dict[str, ModelName], Meta(description="Provider's model ids by short ones, over the built-in table.")
    ] = {}
    openai_compatible_url: Annotated[
        HttpUrl | None, Meta(description="Base URL (…/v1) of a server that takes Ollama's place.")
    ] = None
    max_output_tokens: Annotated[
        int, Meta(ge=256, le=1_000_000, description="How long one answer of a model may be.")
    ] = 32_000
    max_steps: Annotated[
        int, Meta(ge=1, le=10_000, description="How many answers of a model one turn may take.")
    ] = 200
    silence_timeout_seconds: Annotated[
        Seconds, Meta(description="How long a model's stream may stay silent.")
    ] = 300.0
    max_retries: Annotated[
        int, Meta(ge=0, le=50, description="How often a busy provider is asked again.")
    ] = 6
    idle_exit_seconds: Annotated[
        Seconds,
        Meta(
            description="A daemon that was started on demand ends when nobody used it for so long; 0: never."
        ),
    ] = 1800.0
    idle_timeout_seconds: Annotated[
        Seconds, Meta(description="How long an idle conversation stays in memory.")
    ] = 60.0
    daily_budget_usd: Annotated[
        Dollars | None, Meta(description="What may be spent in a day, in US dollars; null for no limit.")
    ] = None
    monthly_budget_usd: Annotated[
        Dollars | None, Meta(description="What may be spent in a calendar month; null for no limit.")
    ] = None
    model_prices: Annotated[
        dict[ModelName, ModelPrice],
        Meta(description="Prices by provider's model id, over the built-in table."),
    ] = {}
    mcp_servers: Annotated[
        dict[ServerName, ServerEntry],
        Meta(max_length=MAX_SERVERS, description="MCP servers by name, in the form of `.mcp.json`."),
    ] = {}
    mcp_start_timeout_seconds: Annotated[
        StartSeconds, Meta(description="How long a turn waits for MCP servers that start.")
    ] = 5.0
    mcp_call_timeout_seconds: Annotated[
        Seconds, Meta(description="How long an MCP server may take for a call; 0 for ever.")
    ] = 300.0
    mcp_idle_seconds: Annotated[
        Seconds, Meta(description="How long an MCP server runs without being needed; 0 for ever.")
    ] = 600.0
    system_tokens: Annotated[
        int, Meta(ge=500, le=1_000_000, description="Tokens of the context for identity and rules.")
    ] = 1_500
    project_tokens: Annotated[
        Tokens, Meta(description="Tokens of the context for the project and the instruction files.")
    ] = 5_000
    mention_tokens: Annotated[
        Tokens, Meta(description="Tokens of the context for what one message mentions.")
    ] = 8_000
    backup_daily: Annotated[bool, Meta(description="Whether the daemon backs everything up once a day.")] = (
        True
    )
    backups_kept: Annotated[
        int, Meta(ge=1, le=1000, description="How many daily backups stay, and of those before migrations.")
    ] = 7
    archived_days_kept: Annotated[
        Days | None,
        Meta(description="Archived conversations go, with their documents, after so many days; null: never."),
    ] = None
    upkeep_delay_seconds: Annotated[
        Seconds, Meta(description="How long after its start the daemon waits with backups and tidying.")
    ] = 60.0
    window_notifications: Annotated[
        bool,
        Meta(description="Whether the window tells, by the system's notifications, what needs a person."),
    ] = True
    context_windows: Annotated[
        dict[str, Window], Meta(description="Tokens that a model can take, by its id, over what is known.")
    ] = {}

    log_level: Annotated[
        LogLevel, Meta(description="What the log tells: this and what is graver. Holds at once.")
    ] = "info"


FIELDS: Mapping[str, str] = dict(
    zip(Settings.__struct_encode_fields__, Settings.__struct_fields__, strict=True)
)
"""The names in the code by those in JSON."""


def load(data_dir: DataDir, environment: Mapping[str, str], **flags: Any) -> Settings:
    """The settings in force.

    Args:
        data_dir: where the file lies.
        environment: the process's variables; `STAGENT_PORT` and the like, named as the settings.
        flags: what the command line gives; None where it gives nothing.

    Raises:
        SettingsError: a value is wrong.
    """
    values = _read(data_dir.settings)
    _check(values, str(data_dir.settings))
    for json_name, name in FIELDS.items():
        variable = ENVIRONMENT_PREFIX + name.upper()
        if environment.get(variable):
            values[json_name] = _from_text(environment[variable])
            _check(values, variable)
    values.update({name: value for name, value in flags.items() if value is not None})
    return _check(values, "the command line")


def change(data_dir: DataDir, current: Settings, changes: Mapping[str, Any]) -> Settings:
    """The settings with some values changed, which are kept in the file.

    Raises:
        SettingsError: a value is wrong, or the file cannot be written; nothing was changed.
    """
    unknown = sorted(set(changes) - set(FIELDS))
    if unknown:
        raise SettingsError(f"There is no setting {', '.join(unknown)}. There are: {', '.join(FIELDS)}.")
    merged = {**msgspec.to_builtins(current), **changes}
    changed = _check(merged, "the request")
    kept = {**_read(data_dir.settings), **changes}
    _write(data_dir.settings, kept)
    return changed


def _check(values: Mapping[str, Any], source: str) -> Settings:
    try:
        return msgspec.convert(dict(values), Settings)
    except msgspec.ValidationError as error:
        raise SettingsError(f"A setting in {source} is wrong: {error}.") from error


def _read(path: Path) -> dict[str, Any]:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SettingsError(f"The settings file {path} cannot be read: {error.strerror}.") from error
    try:
        values = msgspec.json.decode(raw or b"{}", type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"The settings file {path} is no valid JSON object: {error}.") from error
    return {name: value for name, value in values.items() if name in FIELDS}


def _write(path: Path, values: Mapping[str, Any]) -> None:
    """Writes the file as a whole or not at all."""
    text = msgspec.json.format(msgspec.json.encode(values), indent=2)
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".settings-")
        with os.fdopen(handle, "wb") as file:
            file.write(text + b"\n")
        Path(temporary).replace(path)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise SettingsError(f"The settings file {path} cannot be written: {error.strerror}.") from error


def _from_text(text: str) -> Any:
    """The value of an environment variable: JSON where it is some, else the text."""
    try:
        return msgspec.json.decode(text.encode())
    except (msgspec.DecodeError, UnicodeEncodeError):
        return text
