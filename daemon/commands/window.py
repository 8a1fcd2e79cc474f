"""`stagent` alone: the window, else the terminal."""

from __future__ import annotations

import contextlib
import subprocess
import sys

import click

from daemon.cli import Context

NO_WINDOW = 3
"""Exit status of `python -m desktop` where it can open no window; it has said why."""


def open_chat(context: Context) -> None:
    """Opens the window; where there can be none, prints the link and chats in the terminal, if this is one."""
    status = _open_window(context)
    if status == 0:
        return
    if status > 0 and status != NO_WINDOW:
        raise click.exceptions.Exit(status)
    if status < 0:
        click.echo(
            f"stagent: The window broke off (signal {-status}); its libraries do not fit here.", err=True
        )
    from daemon.commands.access import link

    click.echo(f"Open in a browser: {link(context)}")
    if sys.stdin.isatty() and sys.stdout.isatty():
        from daemon.commands.chat import chat

        chat.main(args=[], obj=context, standalone_mode=False)


def _open_window(context: Context) -> int:
    """The exit status of the window's process; negative for a signal."""
    command = [sys.executable, "-P", "-m", "desktop", "--data-dir", str(context.data_dir.root)]
    window = subprocess.Popen(command)  # noqa: S603  (our own interpreter)
    try:
        _start_daemon(context)
        return window.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        window.kill()  # as `subprocess.run` does, whatever came in between
        window.wait()


def _start_daemon(context: Context) -> None:
    """Starts the daemon while the window's libraries load; whoever needs it says why it does not start."""
    from daemon import launch
    from daemon.client_errors import ClientError

    with contextlib.suppress(ClientError):
        launch.find_or_start(context.data_dir)
