"""Commands that look at the running daemon, and the one that stops it."""

from __future__ import annotations

import json
import os
import signal
import time
from typing import Any

import click

from daemon import discovery, hung
from daemon.cli import Context, data_dir_option
from daemon.discovery import Discovery
from daemon.health import answers

NOT_RUNNING = 3
"""Exit status of `status` without a daemon, as with `systemctl status`."""

STOP_TIMEOUT_S = 10.0
"""A daemon that still reacts has ended in half of that."""

POLL_S = 0.05


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@data_dir_option
@click.pass_obj
def status(context: Context, *, as_json: bool) -> None:
    """Tell whether the daemon runs, and where."""
    found = discovery.find(context.data_dir)
    shown = _shown(context, found)
    if as_json:
        click.echo(json.dumps(shown))
    elif found is None:
        click.echo(f"No daemon runs for {context.data_dir.root}.")
    else:
        click.echo(f"stagent {found.version} runs at {found.url}")
        click.echo(f"process {found.pid}, since {found.started_at}, data in {context.data_dir.root}")
        if not shown["answers"]:
            click.echo("It does not answer. `stagent stop` ends it, if need be by force.", err=True)
    if found is None or not shown["answers"]:
        raise click.exceptions.Exit(NOT_RUNNING)


def _shown(context: Context, found: Discovery | None) -> dict[str, Any]:
    return {
        "running": found is not None,
        "answers": found is not None and answers(found),
        "url": found.url if found else None,
        "socket": found.socket if found else None,
        "pid": found.pid if found else None,
        "version": found.version if found else None,
        "startedAt": found.started_at if found else None,
        "dataDir": str(context.data_dir.root),
    }


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@data_dir_option
@click.pass_obj
def ps(context: Context, *, as_json: bool) -> None:
    """List the conversations in which an agent works or waits."""
    found = discovery.find(context.data_dir)
    rows: list[dict[str, Any]] = []
    if found is not None:
        from daemon.client import Client

        rows = Client(context.data_dir, found).get("/api/chat/conversations?turn=busy")
    if as_json:
        click.echo(json.dumps(rows))
        return
    if not rows:
        click.echo("No agent is at work.")
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from daemon.visible import visible_line

    table = Table("Conversation", "Title", "Agent", "State", "Waiting for you", box=None, pad_edge=False)
    for row in rows:
        waiting = str(row["pendingRequests"]) if row["pendingRequests"] else ""
        title = Text(visible_line(row["title"] or "Untitled"))  # what looks like a style in it is text
        table.add_row(row["id"], title, row["runtimeId"], row["turn"], waiting)
    Console().print(table)


@click.command()
@data_dir_option
@click.pass_obj
def stop(context: Context) -> None:
    """Stop the daemon, by force where it does not react. What agents have done so far is kept."""
    found = discovery.find(context.data_dir)
    if found is None:
        click.echo(f"No daemon runs for {context.data_dir.root}.")
        return
    # `find` has checked that this process is the one that wrote the file.
    os.kill(found.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_TIMEOUT_S
    while discovery.is_running(found):
        if time.monotonic() > deadline:
            hung.end_by_force(found)
            click.echo(
                f"Process {found.pid} did not react and was ended by force; its log may say why.", err=True
            )
            break
        time.sleep(POLL_S)
    click.echo("Stopped.")
