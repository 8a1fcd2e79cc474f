"""`stagent import` while the daemon runs: the daemon takes the conversations in, and this program looks on."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from daemon.cli import Context
from daemon.client import Client
from daemon.client_errors import ClientError
from daemon.discovery import Discovery

POLL_S = 0.1


def import_by_daemon(context: Context, found: Discovery, source: str, path: Path | None) -> None:
    """Has the daemon import, and says what became of it. Ctrl-C stops it between two conversations.

    Raises:
        click.ClickException: it refuses, or the import fails.
    """
    from daemon.progress import progress_bar

    client = Client(context.data_dir, found)
    body = {"source": source, "path": None if path is None else str(path.resolve())}
    try:
        state = client.post("/api/imports", body)
        with progress_bar("Importing") as progress:
            try:
                while state["state"] == "running":
                    time.sleep(POLL_S)
                    state = client.get(f"/api/imports/{state['id']}")
                    progress(state["done"], state["total"])
            except KeyboardInterrupt:
                state = client.request("DELETE", f"/api/imports/{state['id']}")
    except ClientError as error:
        if error.code == "not_found":
            raise click.ClickException(
                "The running daemon is too old for this. `stagent stop` ends it; then try again."
            ) from error
        raise click.ClickException(str(error)) from error
    show_outcome(
        state["added"],
        state["renewed"],
        unknown=state["unknown"],
        without_content=state["withoutContent"],
        busy=state["busy"],
        error=state["error"],
    )


def show_outcome(
    added: Mapping[str, int],
    renewed: Mapping[str, int],
    *,
    unknown: int,
    without_content: int,
    busy: int,
    error: Any = None,
) -> None:
    """Says what has come in. Raises click.ClickException where the import failed."""
    for what, counted in (("Added", added), ("Renewed", renewed)):
        if counted:
            click.echo(f"{what}: " + ", ".join(f"{count:,} {kind}s" for kind, count in counted.items()) + ".")
    if not added and not renewed:
        click.echo("Nothing is new." if error is None else "Nothing was imported.")
    if unknown:
        click.echo(f"{unknown:,} lines of unknown kinds were left out.")
    if without_content:
        click.echo(f"{without_content:,} documents were left out: the file does not have their content.")
    if busy:
        click.echo(f"{busy:,} conversations were left out: an agent works in them. Import again later.")
    if error is not None:
        raise click.ClickException(str(error))
