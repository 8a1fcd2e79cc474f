"""`stagent doctor`: what is wrong, and what to do about it."""

from __future__ import annotations

import click

from daemon.cli import Context, data_dir_option

MARKS = {"ok": ("ok", "green"), "warning": ("warning", "yellow"), "problem": ("problem", "red")}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@data_dir_option
@click.pass_obj
def doctor(context: Context, *, as_json: bool) -> None:
    """Look for what is wrong with this installation. Exit status 1 where there is a problem."""
    import json
    import os

    from daemon.credential import read_token
    from daemon.doctor.examine import examine
    from daemon.logs.redaction import Redactor
    from daemon.logs.visible import visible

    redactor = Redactor(os.environ)
    redactor.hide([read_token(context.data_dir) or ""])
    found = examine(context.data_dir, os.environ)
    is_well = all(finding.state != "problem" for finding in found)

    def clean(text: str) -> str:
        return visible(redactor.clean(text))

    if as_json:
        shown = [
            {
                "check": finding.check,
                "state": finding.state,
                "message": clean(finding.message),
                "remedy": None if finding.remedy is None else clean(finding.remedy),
            }
            for finding in found
        ]
        click.echo(json.dumps({"ok": is_well, "findings": shown}))
    else:
        for finding in found:
            mark, color = MARKS[finding.state]
            click.echo(f"{click.style(f'{mark:<8}', fg=color)} {clean(finding.message)}")
            if finding.remedy is not None:
                click.echo(f"         → {clean(finding.remedy)}")
    if not is_well:
        raise click.exceptions.Exit(1)
