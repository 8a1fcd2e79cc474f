"""The command line. Each command's module is imported when it runs, so that `stagent status` stays quick.

For the same reason what it needs of other modules are named tuples: importing msgspec takes 8 ms.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
from types import FrameType
from typing import NamedTuple, NoReturn

import click

from daemon.client_errors import ClientError
from daemon.version import VERSION
from storage.errors import StorageError
from storage.paths import DataDir, find_data_dir

COMMANDS: dict[str, str] = {
    "serve": "daemon.commands.serve:serve",
    "chat": "daemon.commands.chat:chat",
    "ps": "daemon.commands.look:ps",
    "status": "daemon.commands.look:status",
    "stop": "daemon.commands.look:stop",
    "open": "daemon.commands.access:open_",
    "logs": "daemon.commands.logs:logs",
    "log-level": "daemon.commands.logs:log_level",
    "doctor": "daemon.commands.doctor:doctor",
    "service": "daemon.commands.service:service",
    "backup": "daemon.commands.backup:backup",
    "restore": "daemon.commands.backup:restore",
    "export": "daemon.commands.transfer:export",
    "import": "daemon.commands.transfer:import_",
    "token": "daemon.commands.access:token",
    "connect": "daemon.commands.access:connect",
    "disconnect": "daemon.commands.access:disconnect",
}


class Context(NamedTuple):
    """What every command gets."""

    data_dir: DataDir


class LazyGroup(click.Group):
    """A group whose commands are imported when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order in which a person meets them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports a command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.group(
    cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.option(
    "--data-dir",
    type=click.Path(),
    help="Where everything is kept. Default: STAGENT_DATA_DIR, else the system's usual place.",
)
@click.version_option(VERSION, prog_name="stagent")
@click.pass_context
def cli(ctx: click.Context, data_dir: str | None) -> None:
    """Chat with coding agents about your own projects. Without a command: open the chat."""
    ctx.obj = Context(find_data_dir(data_dir, os.environ))
    if ctx.invoked_subcommand is None:
        from daemon.commands.window import open_chat

        open_chat(ctx.obj)


def use_data_dir(ctx: click.Context, _option: click.Parameter, value: str | None) -> None:
    """Takes `--data-dir` after a command too."""
    if value is not None:
        ctx.obj = Context(find_data_dir(value, os.environ))


data_dir_option = click.option(
    "--data-dir",
    type=click.Path(),
    callback=use_data_dir,
    expose_value=False,
    is_eager=True,
    help="Where everything is kept.",
)


def offer_restart(question: str) -> bool:
    """Asks a person about an older daemon; where nobody can be asked, it says so and leaves it alone."""
    if sys.stdin.isatty() and sys.stderr.isatty():
        return click.confirm(question, default=True, err=True)
    click.echo(f"stagent: {question} `stagent stop` does so.", err=True)
    return False


def main(args: list[str] | None = None) -> None:
    """Runs the command line; errors are one line on standard error, never a traceback."""
    signal.signal(signal.SIGTERM, _terminated)
    try:
        # Without `standalone_mode`, a command's exit status is what comes back.
        sys.exit(cli.main(args=args, prog_name="stagent", standalone_mode=False))
    except click.Abort:
        click.echo("Aborted.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (ClientError, StorageError) as error:
        click.echo(f"stagent: {error}", err=True)
        sys.exit(1)
    except PermissionError as error:
        click.echo(
            f"stagent: {error.filename or 'Something'} may not be used: {error.strerror}. Mend its rights.",
            err=True,
        )
        sys.exit(1)


def _terminated(number: int, _frame: FrameType | None) -> NoReturn:
    """Ends a command like an error does, so that it takes away what it has begun. The daemon has its own way."""
    raise SystemExit(128 + number)
