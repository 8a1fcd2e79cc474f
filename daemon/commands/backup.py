"""`stagent backup` and `stagent restore`."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from daemon.cli import Context, data_dir_option
from storage.paths import DataDir

if TYPE_CHECKING:
    from daemon.discovery import Discovery
    from storage.backups.restoring import Staged

STOPPED = 130


@click.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@data_dir_option
@click.pass_obj
def backup(context: Context, file: Path | None) -> None:
    """Save the database, the documents and the settings in one archive.

    Works while the daemon runs. FILE may be a folder; without it, the archive goes to the folder of backups.
    """
    from daemon.progress import progress_bar
    from storage.backups import shelf
    from storage.backups.writing import Source, write
    from storage.errors import BackupStoppedError, StorageError

    if not context.data_dir.database.exists():
        raise click.ClickException(f"There is nothing to save in {context.data_dir.root} yet.")
    target = file.absolute() if file is not None else shelf.by_hand(context.data_dir.backups)
    if target.is_dir():
        target = shelf.by_hand(target)
    try:
        with _stoppable() as stopped, progress_bar("Saving") as progress:
            made = write(
                Source.of(context.data_dir), target, is_stopped=lambda: bool(stopped), progress=progress
            )
    except BackupStoppedError as error:
        click.echo("Stopped; nothing is left of it.", err=True)
        raise click.exceptions.Exit(STOPPED) from error
    except StorageError as error:
        raise click.ClickException(str(error)) from error
    size = target.stat().st_size / 1e6
    count = len(made.files)
    click.echo(f"Saved in {target} ({count} file{'' if count == 1 else 's'}, {size:.1f} MB).")
    for name in made.missing:
        click.echo(f"{name} is gone from the documents folder and not in it.", err=True)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--dry-run", is_flag=True, help="Only check the archive, and show what would change.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask, neither to restore nor to end the daemon.")
@data_dir_option
@click.pass_obj
def restore(context: Context, file: Path, *, dry_run: bool, yes: bool) -> None:
    """Put a backup in the place of what is there, which is kept aside.

    All of the archive is checked before anything else happens. The token stays as it is. A daemon that runs ends when
    no agent works, and runs again afterwards.
    """
    from daemon import discovery
    from daemon.commands.alone import folder_alone
    from storage.backups.restoring import put_in_place
    from storage.errors import StorageError

    if not (dry_run or yes or sys.stdin.isatty()):
        raise click.ClickException("Nobody can be asked here. With `--yes`, nobody is.")
    try:
        _finish_earlier(context, dry_run=dry_run)
        with _staged(context, file) as backup:
            _show(file, backup)
            if dry_run:
                click.echo("Nothing was changed.")
                return
            found = discovery.find(context.data_dir)
            if not yes:
                click.confirm(_question(found), abort=True)
            with folder_alone(context, is_agreed=yes or found is not None):
                aside = put_in_place(backup, context.data_dir)
    except StorageError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Restored. What was there before is in {aside}.")


def _finish_earlier(context: Context, *, dry_run: bool) -> None:
    """Finishes a restore that broke off, unless a daemon does so in this moment."""
    from daemon import discovery
    from storage.backups.restoring import finish

    context.data_dir.prepare()
    if not dry_run:
        with suppress(discovery.AlreadyRunningError), discovery.lock(context.data_dir):
            finish(context.data_dir)


def _question(found: Discovery | None) -> str:
    if found is None:
        return "Restore it?"
    return f"Restore it? The daemon (process {found.pid}) ends for this as soon as no agent works."


@contextmanager
def _staged(context: Context, file: Path) -> Iterator[Staged]:
    from daemon.progress import progress_bar
    from storage.backups.restoring import staged

    with progress_bar("Unpacking") as progress, staged(file.absolute(), context.data_dir, progress) as backup:
        yield backup


def _show(file: Path, backup: Staged) -> None:
    from rich.console import Console
    from rich.table import Table

    from storage.times import to_iso

    found = backup.manifest
    what = "with documents" if found.has_documents else "of the database alone; documents stay"
    click.echo(f"{file}: of {to_iso(found.created_at)}, stagent {found.program}, {what}.")
    _show_servers(DataDir(backup.folder))
    if backup.changes is None:
        click.echo("The present database cannot be read, so nothing can be compared with it.")
        return
    table = Table(
        "", "here", "in the backup", "only here", "only there", "newer here", "newer there", box=None
    )
    for one in backup.changes:
        numbers = (one.here, one.there, one.lost, one.regained, one.newer_here, one.newer_there)
        table.add_row(one.table.replace("_", " "), *map(str, numbers))
    Console(width=100).print(table)


def _show_servers(data_dir: DataDir) -> None:
    """Which MCP servers the settings of a backup give to agents, which start them without a question."""
    from daemon import settings
    from daemon.visible import visible_line

    try:
        servers = settings.load(data_dir, {}).mcp_servers
    except settings.SettingsError as error:
        click.echo(f"No daemon will start with its settings. {visible_line(str(error))}")
        return
    for name, server in servers.items():
        target = " ".join([server.command, *server.args]) if server.command is not None else server.url
        given = ", ".join([*server.env, *server.headers])
        line = f"It brings the MCP server {name}: {target}{f' (with {given})' if given else ''}"
        click.echo(visible_line(line))


@contextmanager
def _stoppable() -> Iterator[list[int]]:
    """Notes signals that would end the process, so that the work can be ended cleanly."""
    seen: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        seen.append(number)

    before = {one: signal.signal(one, note) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield seen
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
