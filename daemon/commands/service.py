"""`stagent service`: the daemon run by the operating system."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import click

from daemon.cli import Context, data_dir_option
from daemon.service.base import ServiceError, ServiceManager, joined


@click.group()
@data_dir_option
def service() -> None:
    """Let the operating system run the daemon: from logon on, restarted when it fails."""


@service.command()
@click.option("--linger", is_flag=True, help="Let it run from boot on, also without a login (systemd).")
@data_dir_option
@click.pass_obj
def install(context: Context, *, linger: bool) -> None:
    """Install and start the service. A second time changes nothing."""
    from daemon.launch import stop_when_idle
    from daemon.service.choose import spec_for

    manager = _manager(context)
    with _told():
        context.data_dir.prepare()
        context.data_dir.logs.mkdir(mode=0o700, exist_ok=True)
        stop_when_idle(context.data_dir, click.echo, but_not="service")
        is_changed = manager.install(spec_for(context.data_dir, os.environ))
        if linger and hasattr(manager, "linger"):
            manager.linger()
        status = manager.status()
        advice = manager.advice()
    click.echo(f"{'Installed' if is_changed else 'Already installed'}: {status.definition}")
    if advice is not None and not linger:
        click.echo(advice)


@service.command()
@data_dir_option
@click.pass_obj
def uninstall(context: Context) -> None:
    """Stop and remove the service. Your data stays."""
    with _told():
        is_gone = _manager(context).uninstall()
    where = context.data_dir.root
    click.echo(f"Removed. Your data stays in {where}." if is_gone else "There is no service to remove.")


@service.command()
@data_dir_option
@click.pass_obj
def start(context: Context) -> None:
    """Start the service. A daemon that runs already gives way, and comes back where the service does not start."""
    from daemon import discovery
    from daemon.launch import find_or_start, stop_when_idle

    manager = _installed(context)
    before = discovery.find(context.data_dir)
    with _told():
        stop_when_idle(context.data_dir, click.echo, but_not="service")
        try:
            manager.start()
        except ServiceError:
            if before is not None:
                find_or_start(context.data_dir)
            raise
    click.echo("Started.")


@service.command()
@data_dir_option
@click.pass_obj
def stop(context: Context) -> None:
    """Stop the service until the next logon."""
    manager = _installed(context)
    with _told():
        manager.stop()
    click.echo("Stopped.")


@service.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@data_dir_option
@click.pass_obj
def status(context: Context, *, as_json: bool) -> None:
    """Tell how the service stands. Exit status 3 where it does not run."""
    manager = _manager(context)
    with _told():
        found = manager.status()
    if as_json:
        import json

        shown: dict[str, Any] = {
            "manager": manager.label,
            "installed": found.is_installed,
            "enabled": found.is_enabled,
            "running": found.is_running,
            "pid": found.pid,
            "state": found.state,
            "definition": str(found.definition) if found.definition else None,
        }
        click.echo(json.dumps(shown))
    elif not found.is_installed:
        click.echo("The service is not installed. `stagent service install` does so.")
    else:
        click.echo(f"{manager.label}: {found.state}" + (f", process {found.pid}" if found.pid else ""))
        click.echo(f"defined in {found.definition}" + ("" if found.is_enabled else ", not enabled"))
    if not found.is_running:
        raise click.exceptions.Exit(3)


@service.command()
@click.option("-f", "--follow", is_flag=True, help="Go on with what comes.")
@click.option("-n", "--lines", type=click.IntRange(1, 100_000), default=100, show_default=True)
@data_dir_option
@click.pass_obj
def logs(context: Context, *, follow: bool, lines: int) -> None:
    """Show what the service manager has kept of the daemon's output."""
    command = _manager(context).logs(lines=lines, follow=follow)
    if command is None:
        click.echo(f"The log is in {context.data_dir.logs}.")
        return
    try:
        sys.exit(subprocess.call(command))  # noqa: S603  (a fixed program)
    except FileNotFoundError as error:
        raise click.ClickException(
            f"`{joined(command)}` cannot be run. The daemon's own log is in {context.data_dir.logs}."
        ) from error


def _manager(context: Context) -> ServiceManager:
    from daemon.service.choose import manager_for

    with _told():
        return manager_for(context.data_dir, os.environ)


def _installed(context: Context) -> ServiceManager:
    manager = _manager(context)
    with _told():
        is_installed = manager.status().is_installed
    if not is_installed:
        raise click.ClickException("The service is not installed. `stagent service install` does so.")
    return manager


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """What the service manager refuses becomes one line for the person."""
    from storage.errors import StorageError

    try:
        yield
    except (ServiceError, StorageError) as error:
        raise click.ClickException(str(error)) from error
