"""Which options do several commands take, and how are their values written?"""

from __future__ import annotations

from pathlib import Path

import click


class ColumnName(click.ParamType):
    """NAME=THEIRS: winback's name of a column and the table's own."""

    name = "NAME=THEIRS"

    def convert(self, value, param, ctx):
        """Split the text at its first equals sign."""
        ours, equals, theirs = value.partition("=")
        if not (ours and equals and theirs):
            self.fail(f"{value!r} is not of the form NAME=THEIRS, such as customer_id=Kundennummer.", param, ctx)
        return ours.strip(), theirs.strip()


class OrganicReturn(click.ParamType):
    """A share, or LOW:HIGH."""

    name = "SHARE|LOW:HIGH"

    def convert(self, value, param, ctx):
        """Split the text at its colon."""
        if not isinstance(value, str):
            return value
        try:
            ends = tuple(float(part) for part in value.split(":"))
        except ValueError:
            ends = ()
        if len(ends) not in (1, 2):
            self.fail(f"{value!r} is no share and no LOW:HIGH, such as 0.05 or 0.02:0.08.", param, ctx)
        return ends[0] if len(ends) == 1 else ends


class SheetName(click.ParamType):
    """A sheet's name, or its position from 1 among those that are not hidden."""

    name = "SHEET"

    def convert(self, value, param, ctx):
        """Take whole numbers for positions."""
        return int(value) if isinstance(value, str) and value.isdecimal() else value


def column_option(command):
    """Add how the table's columns are called."""
    names = "winback's name of a column and yours; may be repeated."
    return click.option("--column", "columns", type=ColumnName(), multiple=True, help=names)(command)


def terms_options(command):
    """Add the terms under which a trial is valued."""
    command = click.option("--currency", help="Sign or code shown before money.")(command)
    rate = "Discount rate a year, 0.10 for 10%."
    command = click.option("--annual-discount", type=float, help=rate)(command)
    months = "Months over which a second lifetime is valued."
    return click.option("--horizon-months", type=float, help=months)(command)


def table_options(command):
    """Add what a table of one's own needs: how its columns are called, and what is assumed where all got an offer."""
    share = "Without untreated customers: share assumed to return by themselves, 0.05 or 0.02:0.08."
    value = "Value of one who returns without an offer, in money."
    command = click.option("--organic-value", type=float, help=value)(column_option(command))
    return click.option("--organic", type=OrganicReturn(), help=share)(command)


def file_options(command):
    """Add what says how a file is to be read, where it does not tell itself."""
    order = "Whether 03/02/2024 is in February or in March."
    command = click.option("--day-first/--month-first", default=None, help=order)(command)
    decimal = "Decimal mark, where 1.234 may be a thousand."
    command = click.option("--decimal", type=click.Choice([",", "."]), help=decimal)(command)
    sheet = "Sheet of a workbook: its name, or its position from 1."
    return click.option("--sheet", type=SheetName(), help=sheet)(command)


def reading_options(command):
    """Add what says how a table is to be read, where it does not tell itself."""
    control = 'Label that means sent nothing, "" for an empty cell; may be repeated.'
    share = "Share of revenue that is margin, 0.3 for 30%, where the table has revenue."
    options = [
        click.option("--control", multiple=True, help=control),
        click.option("--keep", type=click.Choice(["first", "last"]), help="Row that counts of customers with several."),
        click.option("--until", help="Last day of the data, where dates stand instead of months: 2024-12-31."),
        file_options,
        click.option("--margin-share", type=float, help=share),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def snapshot_options(command):
    """Add what a snapshot of tenure and status needs where it does not tell itself."""
    label = "Of a snapshot: label of the status that means lost; may be repeated."
    within = "Of a snapshot: within how long all who are lost in it left, such as 3M; earlier ones are not in it."
    unit = click.Choice(["days", "weeks", "months", "years"])
    options = [
        click.option("--lost-label", "lost_labels", multiple=True, help=label),
        click.option("--tenure-in", type=unit, help="Of a snapshot: unit of tenure, where its heading says none."),
        click.option("--lost-within", help=within),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def base_options(command):
    """Add the tables that come with those of all customers over time."""
    options = [
        click.option("--events", type=click.Path(path_type=Path), help="With contracts: what happened, and when."),
        click.option("--served-by", type=click.Path(path_type=Path), help="With contracts: who serves whom."),
        click.option("--customers", type=click.Path(path_type=Path), help="With purchases: who the customers are."),
        click.option("--since", help="With contracts: day since which those that ended are in the table."),
    ]
    for option in reversed(options):
        command = option(command)
    return command
