"""Which offers does my table name, and what do they cost? A template to fill in: `winback offers`."""

from __future__ import annotations

from pathlib import Path

import click

from winback.cli.errors import clear_errors
from winback.cli.options import SheetName, column_option
from winback.cli.wording import say


@click.command()
@click.argument("customers", type=click.Path(path_type=Path))
@column_option
@click.option("--control", multiple=True, help='Label that means sent nothing, "" for an empty cell; may be repeated.')
@click.option("--sheet", type=SheetName(), help="Sheet of a workbook: its name, or its position from 1.")
@click.option("--out", default="offers.toml", type=click.Path(path_type=Path), help="File to write.")
@click.option("--overwrite", is_flag=True, help="Replace that file if it is there.")
def offers(customers, columns, control, sheet, out, overwrite):
    """Write a template of what the offers in CUSTOMERS cost, to be filled in: offers.toml."""
    with clear_errors():
        from winback.trial.own_offers import find_offers, write_offers_template

        found = find_offers(customers, columns=dict(columns), control=list(control) or None, sheet=sheet)
        path = write_offers_template(found, out, overwrite=overwrite)
    for sentence in found.said:
        say(sentence)
    say(path)
    say(f'Fill it in: every "?" stands for what is not known yet. Then: winback check {customers} --offers {path}')
