"""winback at the command line: report, check, data."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path

import click

CONTEXT = {"help_option_names": ["-h", "--help"], "show_default": True}


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


@click.group(context_settings=CONTEXT)
@click.version_option(package_name="winback")
def main():
    """Which lost customers come back, and which offer pays."""


def table_options(command):
    """Add what a table of one's own needs: how its columns are called, and what is assumed where all got an offer."""
    share = "Without untreated customers: share assumed to return by themselves, 0.05 or 0.02:0.08."
    value = "Value of one who returns without an offer, in money."
    names = "winback's name of a column and yours; may be repeated."
    command = click.option("--column", "columns", type=ColumnName(), multiple=True, help=names)(command)
    command = click.option("--organic-value", type=float, help=value)(command)
    return click.option("--organic", type=OrganicReturn(), help=share)(command)


class SheetName(click.ParamType):
    """A sheet's name, or its position from 1 among those that are not hidden."""

    name = "SHEET"

    def convert(self, value, param, ctx):
        """Take whole numbers for positions."""
        return int(value) if isinstance(value, str) and value.isdecimal() else value


def reading_options(command):
    """Add what says how a table is to be read, where it does not tell itself."""
    control = 'Label that means sent nothing, "" for an empty cell; may be repeated.'
    share = "Share of revenue that is margin, 0.3 for 30%, where the table has revenue."
    order = "Whether 03/02/2024 is in February or in March."
    options = [
        click.option("--control", multiple=True, help=control),
        click.option("--keep", type=click.Choice(["first", "last"]), help="Row that counts of customers with several."),
        click.option("--until", help="Last day of the data, where dates stand instead of months: 2024-12-31."),
        click.option("--sheet", type=SheetName(), help="Sheet of a workbook: its name, or its position from 1."),
        click.option("--decimal", type=click.Choice([",", "."]), help="Decimal mark, where 1.234 may be a thousand."),
        click.option("--day-first/--month-first", default=None, help=order),
        click.option("--margin-share", type=float, help=share),
    ]
    for option in reversed(options):
        command = option(command)
    return command


@main.command()
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


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--offers", type=click.Path(path_type=Path), help="Check against these offers too.")
@click.option(
    "--table",
    type=click.Choice(["lapsed", "contracts", "events", "purchases"]),
    default="lapsed",
    help="Which of winback's tables the file holds.",
)
@click.option("--horizon-months", type=float, help="As for the report.")
@click.option("--annual-discount", type=float, help="As for the report.")
@base_options
@table_options
@reading_options
def check(file, offers, table, columns, control, **settings):
    """Say what is wrong with tables, every problem at once, what was looked at, and what can be asked of them."""
    with clear_errors():
        given = settings | {"offers": offers, "control": list(control) or None}
        given = {name: value for name, value in given.items() if value is not None}
        _refuse_unused(table, given)
        if table in ("contracts", "purchases"):
            size, n_warnings = _check_base(file, table, dict(columns), settings)
        elif offers is None:
            size, n_warnings = _check_table(file, table, dict(columns), settings)
        else:
            size, n_warnings = _check_trial(file, dict(columns), given)
    from winback.results import counted

    verdict = f"usable, with {counted(n_warnings, 'findings')} above to look at" if n_warnings else "no problem found"
    click.echo(f"{file.name}: {size}, {verdict}.")


OF_A_TRIAL = ("offers", "horizon_months", "annual_discount", "organic", "organic_value", "control", "keep")
USED = {  # table -> settings that say something of it, beside those that any table may need
    "lapsed": ("until", "margin_share", *OF_A_TRIAL),
    "contracts": ("until", "since", "events", "served_by"),
    "events": (),
    "purchases": ("until", "customers"),
}
OF_A_FILE = ("sheet", "decimal", "day_first")


def _refuse_unused(table, given):
    """Refuse options that say nothing of this table, or nothing without offers."""
    used = (*OF_A_FILE, *USED[table])
    elsewhere = [name for name in given if name not in used]
    without_offers = [name for name in given if name in OF_A_TRIAL and name in used and "offers" not in given]
    said = [
        (elsewhere, f"not used with --table {table}. Leave that out."),
        (without_offers, "not looked at without --offers. Name the offers file, or leave that out."),
    ]
    lines = [f"{', '.join('--' + name.replace('_', '-') for name in names)}: {what}" for names, what in said if names]
    if lines:
        raise ValueError(" ".join(lines))


def _size(frame):
    from winback.results import counted

    return f"{counted(len(frame), 'rows')}, {counted(frame.shape[1], 'columns')}"


def _check_base(file, table, columns, settings):
    """Read what comes with contracts or purchases as a base; return how many customers, and how many doubts."""
    from winback.base.usable import usable_contracts, usable_purchases

    how = {"columns": columns, **{name: settings[name] for name in ("until", *OF_A_FILE)}}
    if table == "purchases":
        return _tell(usable_purchases(file, customers=settings["customers"], **how))
    others = {kind: settings[kind] for kind in ("events", "served_by") if settings[kind] is not None}
    return _tell(usable_contracts(file, others, since=settings["since"], **how))


def _tell(usable):
    for verdict, sentences in (("note", usable.notes), ("warning", usable.doubts)):
        for sentence in sentences:
            click.echo(f"{verdict:>8}  {sentence}")
    for line in usable.lines:
        click.echo(line)
    return usable.size, len(usable.doubts)


def _check_table(file, table, columns, settings):
    """Check a table by itself, and say what was taken for what and what was looked at."""
    from winback.tables.looked_at import looked_at
    from winback.tables.money_columns import without_money
    from winback.tables.parsed import Written
    from winback.tables.table_files import TABLES, check_file
    from winback.terms.margin_share import check_margin_share
    from winback.trial.trial_table import in_margin

    written = Written(settings["decimal"], settings["day_first"])
    share = check_margin_share(settings["margin_share"])
    how = {"columns": columns, "sheet": settings["sheet"], "until": settings["until"], "written": written}
    reading = check_file(file, table, margin_share=share, **how)
    reading = in_margin(reading, share) if table == "lapsed" else reading
    for line in [*reading.notes, *(without_money(reading.frame) if table == "lapsed" else [])]:
        click.echo(f"    note  {line}")
    for line in looked_at(reading.frame, TABLES[table][1]):
        click.echo(line)
    if table == "lapsed":
        click.echo("Costs, control group and randomisation were not looked at: that takes --offers.")
    return _size(reading.frame), 0


def _check_trial(file, columns, given):
    """Do what the report does before its first figure; return how many warnings there are."""
    from winback.policies.contact_list import whom_to_list
    from winback.report import comparable_trial, said_of_a_long_list
    from winback.tables import LAPSED
    from winback.tables.looked_at import looked_at

    settings = {name: value for name, value in given.items() if name != "offers"}
    trial = comparable_trial(file, given["offers"], columns, settings)
    for row in trial.design.findings:
        click.echo(f"{row.verdict:>8}  {row.check}: {row.finding}")
    for line in said_of_a_long_list(len(whom_to_list(trial, None)[0])):
        click.echo(f"    note  {line}")
    for line in looked_at(trial.lapsed, LAPSED):
        click.echo(line)
    return _size(trial.lapsed), sum(row.verdict in ("warning", "refused") for row in trial.design.findings)


@main.command()
@click.argument("name", type=click.Choice(["telecom", "retail", "hillstrom"]))
@click.option("--out", default="data", type=click.Path(path_type=Path), help="Folder to write into.")
def data(name, out):
    """Write ready tables: the telecom study, a shop's log of purchases, or Hillstrom's public e-mail trial."""
    with clear_errors():
        from winback.datasets.files import write_hillstrom, write_retail, write_telecom

        for path in {"telecom": write_telecom, "retail": write_retail, "hillstrom": write_hillstrom}[name](out):
            click.echo(path)


class _Stopped(BaseException):
    """The process was asked to end, as by a shutdown."""


class clear_errors:  # noqa: N801 (used as a statement)
    """Turn the errors a user can mend into one message, and being stopped too; else a traceback is shown."""

    def __enter__(self):
        self.before = None
        if threading.current_thread() is threading.main_thread():
            self.before = signal.signal(signal.SIGTERM, _stop)
        return self

    def __exit__(self, kind, error, trace):
        """Show the message and stop with exit code 1, or that of the signal."""
        if self.before is not None:
            signal.signal(signal.SIGTERM, self.before)
        if isinstance(error, KeyboardInterrupt | _Stopped):
            click.echo("Stopped; nothing was written.", err=True)
            sys.exit(128 + (signal.SIGTERM if isinstance(error, _Stopped) else signal.SIGINT))
        if isinstance(error, ValueError | RuntimeError | OSError):
            raise click.ClickException(str(error)) from None


def _stop(*_):
    raise _Stopped
