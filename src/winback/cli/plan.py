"""Whom to contact how and when, as a page and a list? `winback plan`."""

from __future__ import annotations

from pathlib import Path

import click

from winback.cli.errors import clear_errors
from winback.cli.options import reading_options, table_options, terms_options
from winback.cli.wording import say

OF_THE_PLAN = ("start", "playbook", "keep_back", "already", "back", "despite_causes")


@click.command()
@click.argument("customers", required=False, type=click.Path(path_type=Path))
@click.option("--offers", type=click.Path(path_type=Path), help="TOML file: what each offer costs, and when.")
@click.option("--playbook", type=click.Path(path_type=Path), help="TOML file: who is contacted how; winback playbook.")
@click.option("--start", help="First day, such as 2027-01-04.  [default: the next Monday]")
@click.option("--whom", type=click.Path(path_type=Path), help="New leavers in a file, who are to be contacted.")
@click.option("--keep-back", type=float, help="Share of the list that is kept back at random.  [default: 0.1]")
@click.option(
    "--already",
    multiple=True,
    type=click.Path(path_type=Path),
    help="List of a plan made before: its contacts count for all limits, and whom it makes an offer is made none here, "
    "unless the offers file says how long to wait. May be repeated.",
)
@click.option("--back", type=click.Path(path_type=Path), help="Table of who has bought since: they are left out.")
@click.option("--despite-causes", is_flag=True, help="Contact those, too, who left for a cause that stands.")
@terms_options
@table_options
@reading_options
@click.option("--out", default="reports", type=click.Path(path_type=Path), help="Folder to write into.")
@click.option("--overwrite", is_flag=True, help="Replace an older list there.")
@click.option(
    "--outcomes",
    type=click.Path(path_type=Path),
    help="Table of what came of everybody on the list in --out: did it come as forecast? The list stays as it is.",
)
def plan(customers, columns, control, overwrite, outcomes, **settings):
    """Write whom to contact on which day, by which channel, by whom and with what, learned from the trial CUSTOMERS.

    Without CUSTOMERS it is about the telecom study. Beside the page is the list: one row per contact.

    After the campaign the same command with --outcomes says whether it came as forecast, and what to change.
    """
    with clear_errors():
        from winback.plan_check import write_check_page
        from winback.plan_page import write_plan_page

        say("Learning who gets which offer, and planning the contacts ...")
        how = {name: settings.pop(name) for name in OF_THE_PLAN}
        how |= {"despite_causes": how["despite_causes"] or None}
        settings |= {"columns": dict(columns), "control": list(control) or None, "tell": say, "how": how}
        if outcomes is None:
            paths = write_plan_page(customers, overwrite=overwrite, **settings)
        elif overwrite:
            raise ValueError("--overwrite: with --outcomes the list stays as it is. Leave it out.")
        else:
            paths = write_check_page(customers, outcomes=outcomes, **settings)
    for path in paths:
        say(path)
