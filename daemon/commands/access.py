"""Commands that let people and programs in: to the page, to the API, to a provider."""

from __future__ import annotations

import sys

import click

from daemon.cli import Context, data_dir_option, offer_restart

PROVIDERS = click.Choice(["anthropic", "openai"])


@click.command("open")
@click.option("--print", "only_print", is_flag=True, help="Print the link, open nothing.")
@data_dir_option
@click.pass_obj
def open_(context: Context, *, only_print: bool) -> None:
    """Open the page in the browser with a link that works once."""
    url = link(context)
    if only_print or click.launch(url) != 0:
        click.echo(url)


@click.command()
@data_dir_option
@click.pass_obj
def token(context: Context) -> None:
    """Print the token of the HTTP API."""
    from daemon.credential import TokenError, load_token
    from storage.errors import StorageError

    try:
        context.data_dir.prepare()
        click.echo(load_token(context.data_dir))
    except (TokenError, StorageError) as error:
        raise click.ClickException(str(error)) from error


@click.command()
@click.argument("provider", type=PROVIDERS)
@data_dir_option
@click.pass_obj
def connect(context: Context, provider: str) -> None:
    """Save a provider's API key in the system's keyring."""
    del context
    from actors.credentials import LABELS

    if sys.stdin.isatty():
        key = click.prompt(f"API key of {LABELS[provider]}", hide_input=True)
    else:
        key = sys.stdin.readline()
    if not key.strip():
        raise click.ClickException("The key is empty.")
    _keep(provider, key.strip())
    click.echo(f"{LABELS[provider]} is connected.")


@click.command()
@click.argument("provider", type=PROVIDERS)
@data_dir_option
@click.pass_obj
def disconnect(context: Context, provider: str) -> None:
    """Remove a provider's API key from the system's keyring."""
    del context
    from actors.credentials import LABELS

    _keep(provider, None)
    click.echo(f"{LABELS[provider]} is disconnected.")


def link(context: Context) -> str:
    """An address that opens the page, once. Starts a daemon if none runs. Raises ClientError."""
    from daemon.launch import running

    url: str = running(context.data_dir, offer_restart).post("/api/session/links")["url"]
    return url


def _keep(provider: str, key: str | None) -> None:
    from actors.credentials import write_keyring

    try:
        write_keyring(provider, key)
    except OSError as error:
        raise click.ClickException(str(error)) from error
