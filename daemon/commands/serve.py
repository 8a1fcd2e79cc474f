"""`stagent serve`: the daemon in the foreground."""

from __future__ import annotations

import os

import click

from daemon.cli import Context, data_dir_option
from daemon.discovery import StartedBy
from daemon.interpreter import begin
from daemon.launch import FOLDER_IS_HELD


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Port on loopback; 0 for any free one.")
@click.option(
    "--started-by", type=click.Choice(["person", "demand", "service"]), default="person", hidden=True
)
@data_dir_option
@click.pass_obj
def serve(context: Context, port: int | None, started_by: StartedBy) -> None:
    """Run the daemon in the foreground, until Ctrl-C."""
    begin()
    from daemon.logs.setup import Logs
    from daemon.serve import CannotServeError, ServeOptions
    from daemon.serve import serve as run
    from daemon.service.notify import Notifier

    logs = Logs(os.environ)
    logs.start()
    try:
        run(ServeOptions(context.data_dir, port, os.environ, logs, started_by, Notifier.take(os.environ)))
    except CannotServeError as error:
        if error.folder_is_held and started_by == "demand":
            raise click.exceptions.Exit(FOLDER_IS_HELD) from error
        raise click.ClickException(str(error)) from error
    finally:
        logs.close()
