"""Who is contacted how, when, and with which remedy? A playbook to edit: `winback playbook`."""

from __future__ import annotations

from pathlib import Path

import click

from winback.cli.errors import clear_errors
from winback.cli.wording import say


@click.command()
@click.option("--out", default="playbook.toml", type=click.Path(path_type=Path), help="File to write.")
@click.option("--overwrite", is_flag=True, help="Replace that file if it is there.")
def playbook(out, overwrite):
    """Write the playbook that comes with winback, to be edited: rules, remedies, channels, costs and limits."""
    with clear_errors():
        from winback.outreach import write_playbook

        path = write_playbook(out, overwrite=overwrite)
    say(path)
    say(f"Its costs and limits are assumptions: write your own. Then: winback plan CUSTOMERS --playbook {path}")
