"""The data folder for one command alone: a daemon that runs is asked to end first, and comes back afterwards."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from daemon import discovery
from daemon.cli import Context
from daemon.launch import start_again, stop_when_idle
from storage.errors import StorageError


@contextmanager
def folder_alone(context: Context, *, is_agreed: bool) -> Iterator[None]:
    """Holds the data folder. A daemon ends as soon as no agent works, once a person has agreed to that.

    Raises:
        click.ClickException: nobody agreed, or the folder is in use or unusable.
    """
    found = discovery.find(context.data_dir)
    if found is not None:
        _agree(found.pid, is_agreed=is_agreed)
        stop_when_idle(context.data_dir, lambda text: click.echo(text, err=True), but_not="")
    try:
        context.data_dir.prepare()
        with discovery.lock(context.data_dir):
            yield
    except discovery.AlreadyRunningError as error:
        raise click.ClickException(
            f"Another daemon or command is at work in {context.data_dir.root}. Try again when it has ended."
        ) from error
    except StorageError as error:
        raise click.ClickException(str(error)) from error
    finally:
        if found is not None and found.started_by != "person" and discovery.find(context.data_dir) is None:
            start_again(context.data_dir, found)
    if found is not None and found.started_by == "person":
        click.echo("The daemon has ended; start it again with `stagent serve`.", err=True)


def _agree(pid: int, *, is_agreed: bool) -> None:
    question = f"The daemon (process {pid}) must end for this, as soon as no agent works. End it?"
    if is_agreed:
        return
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise click.ClickException(
            f"The daemon runs (process {pid}). `stagent stop` ends it; with `--yes`, this command does, "
            "as soon as no agent works."
        )
    if not click.confirm(question, default=True, err=True):
        raise click.Abort
