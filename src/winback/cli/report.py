"""Which offer pays, as a page? `winback report`."""

from __future__ import annotations

from pathlib import Path

import click

from winback.cli.errors import clear_errors
from winback.cli.options import reading_options, table_options


@click.command()
@click.argument("customers", required=False, type=click.Path(path_type=Path))
@click.option("--offers", type=click.Path(path_type=Path), help="TOML file: what each offer costs, and when.")
@click.option("--horizon-months", type=float, help="Months over which a second lifetime is valued.")
@click.option("--annual-discount", type=float, help="Discount rate a year, 0.10 for 10%.")
@click.option("--currency", help="Sign or code shown before money.")
@table_options
@reading_options
@click.option("--out", default="reports", type=click.Path(path_type=Path), help="Folder to write into.")
def report(customers, offers, columns, control, out, **settings):
    """Write the offer report for CUSTOMERS, or for the telecom study when none is named."""
    with clear_errors():
        from winback.report import write_report

        click.echo("Comparing the offers and writing the page ...")
        settings["control"] = list(control) or None
        paths = write_report(customers, offers, columns=dict(columns), out=out, tell=click.echo, **settings)
    for path in paths:
        click.echo(path)
