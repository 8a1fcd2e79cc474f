"""The data folder for one command alone: a daemon that runs is asked to end first, and comes back afterwards."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from daemon import discovery
from daemon.cli import Context
from daemon.client_errors import ClientError
from daemon.discovery import Discovery
from daemon.launch import start_again, stop_when_idle
from storage.errors import StorageError


@contextmanager
def folder_alone(context: Context, *, is_agreed: bool) -> Iterator[None]:
    """Holds the data folder. A daemon ends as soon as no agent works, once a person has agreed to that.

    However the work ends, the daemon that ran before runs again, in the background; or it is said that none does.

    Raises:
        click.ClickException: nobody agreed, or the folder is in use or unusable.
    """
    found = discovery.find(context.data_dir)
    if found is not None:
        _agree(found.pid, is_agreed=is_agreed)
    try:
        if found is not None:
            stop_when_idle(context.data_dir, _say, but_not="")
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
        if found is not None:
            _bring_back(context, found)


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


def _bring_back(context: Context, before: Discovery) -> None:
    """Never raises for a daemon that does not start: what the work itself came to must not be lost."""
    now = discovery.find(context.data_dir)
    if now is not None and now.pid == before.pid:
        _say(
            f"The daemon (process {now.pid}) still runs. If it was told to end as soon as no agent works, it does; "
            "`stagent serve` starts it again."
        )
        return
    try:
        after = now or start_again(context.data_dir, before)
    except ClientError as error:
        _say(f"The daemon has ended and does not start again: {error} `stagent serve` starts it.")
        return
    if before.started_by == "person":
        _say(f"The daemon has ended in its terminal and runs in the background now, at {after.url}.")


def _say(text: str) -> None:
    click.echo(text, err=True)
