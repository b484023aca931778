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


@main.command()
@click.argument("customers", required=False, type=click.Path(path_type=Path))
@click.option("--offers", type=click.Path(path_type=Path), help="TOML file: what each offer costs, and when.")
@click.option("--horizon-months", type=float, help="Months over which a second lifetime is valued.")
@click.option("--annual-discount", type=float, help="Discount rate a year, 0.10 for 10%.")
@click.option("--currency", help="Sign or code shown before money.")
@table_options
@click.option("--out", default="reports", type=click.Path(path_type=Path), help="Folder to write into.")
def report(customers, offers, columns, out, **settings):
    """Write the offer report for CUSTOMERS, or for the telecom study when none is named."""
    with clear_errors():
        from winback.report import write_report

        click.echo("Comparing the offers and writing the page ...")
        paths = write_report(customers, offers, columns=dict(columns), out=out, **settings)
    for path in paths:
        click.echo(path)


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
@table_options
def check(file, offers, table, columns, **settings):
    """Say what is wrong with a table, every problem at once, and whether its trial can be read."""
    n_warnings = 0
    with clear_errors():
        from winback import tables

        frame = tables.map_columns(tables.load_table(file), dict(columns))
        if table != "lapsed":
            frame = getattr(tables, f"check_{table}")(frame)
        elif offers is None:
            frame = tables.check_lapsed(frame)
        else:
            n_warnings = _check_trial(frame, offers, settings)
    verdict = f"usable, with {n_warnings} findings above to look at" if n_warnings else "no problem found"
    click.echo(f"{file.name}: {len(frame):,} rows, {frame.shape[1]} columns, {verdict}.")


def _check_trial(frame, offers, settings):
    """Do what the report does before its first figure; return how many warnings there are."""
    from winback.report import comparable_trial

    findings = comparable_trial(frame, offers, {}, settings).design.findings
    for row in findings:
        click.echo(f"{row.verdict:>8}  {row.check}: {row.finding}")
    return sum(row.verdict in ("warning", "refused") for row in findings)


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
