"""Which offer pays, and every other question of a trial, as pages? `winback report`."""

from __future__ import annotations

from pathlib import Path

import click

from winback.cli.errors import clear_errors
from winback.cli.options import reading_options, table_options, terms_options
from winback.cli.wording import say


@click.command()
@click.argument("customers", required=False, type=click.Path(path_type=Path))
@click.option("--offers", type=click.Path(path_type=Path), help="TOML file: what each offer costs, and when.")
@click.option(
    "--notebook",
    "numbers",
    multiple=True,
    metavar="NN",
    help="Write this notebook instead, such as 09; may be repeated.",
)
@click.option("--all", "every", is_flag=True, help="Write every notebook that the data allow, and a list: index.html.")
@click.option("--whom", type=click.Path(path_type=Path), help="New leavers in a file: the contact list is for them.")
@terms_options
@table_options
@reading_options
@click.option("--out", default="reports", type=click.Path(path_type=Path), help="Folder to write into.")
def report(customers, offers, numbers, every, columns, control, out, **settings):
    """Write the four questions and the offers behind for CUSTOMERS, or the telecom study when none is named.

    Pages need no network; beside them are the offers' table and the list of whom to contact.
    """
    with clear_errors():
        settings |= {"columns": dict(columns), "control": list(control) or None, "out": out, "tell": say}
        if numbers and every:
            raise ValueError("--notebook and --all: all are written anyway. Leave one of the two out.")
        if numbers or every:
            from winback.all_pages import write_question_pages

            paths = write_question_pages(None if every else numbers, customers, offers, **settings)
        else:
            from winback.report import write_report

            say("Comparing the offers and writing the pages ...")
            paths = write_report(customers, offers, **settings)
    for path in paths:
        say(path)
