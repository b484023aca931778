"""Who is lost, and what does it cost, as a page? `winback lost`."""

from __future__ import annotations

from pathlib import Path

import click

from winback.cli.errors import clear_errors
from winback.cli.options import base_options, column_option, file_options, snapshot_options
from winback.cli.wording import say


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--until", help="Last day on which the data were recorded: 2024-12-31.")
@click.option("--by", help="Column by which losses are compared, such as manager or region.")
@click.option("--currency", help="Sign or code shown before money.")
@click.option("--margin-share", type=float, help="Share of what customers pay that is margin, 0.3 for 30%.")
@base_options
@snapshot_options
@column_option
@file_options
@click.option("--out", default="reports", type=click.Path(path_type=Path), help="Folder to write into.")
def lost(file, columns, out, lost_labels, **settings):
    """Write who is lost, why, at what cost and whom to call first, for FILE.

    It holds contracts, purchases, or a snapshot: one row per customer with tenure and status.

    Without FILE it is about the telecom study.
    """
    with clear_errors():
        from winback.lost_page import write_lost_page

        say("Looking at who is lost and writing the page ...")
        settings["lost_labels"] = list(lost_labels) or None
        paths = write_lost_page(file, columns=dict(columns), out=out, tell=say, **settings)
    for path in paths:
        say(path)
