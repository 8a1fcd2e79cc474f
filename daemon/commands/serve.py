"""`stagent serve`: the daemon in the foreground."""

from __future__ import annotations

import logging
import os
import sys

import click

from daemon.cli import Context, data_dir_option


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Port on loopback; 0 for any free one.")
@data_dir_option
@click.pass_obj
def serve(context: Context, port: int | None) -> None:
    """Run the daemon in the foreground, until Ctrl-C."""
    from daemon.serve import CannotServeError, ServeOptions
    from daemon.serve import serve as run

    logging.basicConfig(
        stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    logging.getLogger("pykka").setLevel(logging.ERROR)
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    try:
        run(ServeOptions(context.data_dir, port, os.environ))
    except CannotServeError as error:
        raise click.ClickException(str(error)) from error
