"""`stagent logs` and `stagent log-level`: what the daemon has noted, and how much of it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, get_args

import click

from daemon.cli import Context, data_dir_option
from daemon.settings import LogLevel

if TYPE_CHECKING:
    from daemon.logs.reading import Entry

LEVEL = click.Choice(get_args(LogLevel))
POLL_S = 0.2
COLORS = {"debug": "bright_black", "warning": "yellow", "error": "red", "critical": "red"}


@click.command()
@click.option("-f", "--follow", is_flag=True, help="Go on with what comes.")
@click.option("-n", "--lines", type=click.IntRange(0, 100_000), default=100, show_default=True)
@click.option("--level", type=LEVEL, default="debug", help="This and what is graver.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@data_dir_option
@click.pass_obj
def logs(context: Context, *, follow: bool, lines: int, level: LogLevel, as_json: bool) -> None:
    """Show what the daemon has noted, whether it runs or not."""
    from daemon.logs.reading import LogReader

    reader = LogReader(context.data_dir.logs)

    def is_wanted(entry: Entry) -> bool:
        return entry.is_at_least(level)

    try:
        found = reader.last(lines, is_wanted)
        if not found and not follow:
            click.echo(f"There is nothing in {context.data_dir.logs}.", err=True)
        _print(found, as_json=as_json)
        while follow:
            time.sleep(POLL_S)
            _print(filter(is_wanted, reader.rest()), as_json=as_json)
    except OSError as error:
        raise click.ClickException(f"The log cannot be read: {error}.") from error
    except KeyboardInterrupt:
        return
    finally:
        reader.close()


@click.command("log-level")
@click.argument("level", type=LEVEL, required=False)
@data_dir_option
@click.pass_obj
def log_level(context: Context, level: LogLevel | None) -> None:
    """Change how much the daemon notes, at once and for later; without LEVEL, tell how much it is."""
    import os

    from daemon import discovery, settings
    from daemon.client import Client

    found = discovery.find(context.data_dir)
    try:
        if found is not None:
            method, change = ("GET", None) if level is None else ("PATCH", {"logLevel": level})
            client = Client(context.data_dir, found)
            shown = client.request(method, "/api/settings", change)["logLevel"]
        elif level is None:
            shown = settings.load(context.data_dir, os.environ).log_level
        else:
            context.data_dir.prepare()
            current = settings.load(context.data_dir, {})
            shown = settings.change(context.data_dir, current, {"logLevel": level}).log_level
    except settings.SettingsError as error:
        raise click.ClickException(str(error)) from error
    click.echo(shown)


def _print(entries: Iterable[Entry], *, as_json: bool) -> None:
    import msgspec

    from daemon.logs.reading import shown
    from daemon.logs.visible import visible

    for entry in entries:
        if as_json:
            click.echo(msgspec.json.encode(entry))
        else:
            click.echo(click.style(visible(shown(entry)), fg=COLORS.get(entry.level)))
