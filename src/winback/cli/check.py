"""What is wrong with tables, and what can be asked of them? `winback check`."""

from __future__ import annotations

from pathlib import Path

import click

from winback.cli.errors import clear_errors
from winback.cli.options import base_options, reading_options, table_options
from winback.cli.wording import say


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--offers", type=click.Path(path_type=Path), help="Check against these offers too.")
@click.option(
    "--table",
    type=click.Choice(["lapsed", "contracts", "events", "purchases"]),
    help="Which of winback's tables the file holds.  [default: lapsed]",
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
        as_lapsed, table = table, table or "lapsed"
        _refuse_unused(table, given)
        if table in ("contracts", "purchases"):
            size, n_warnings = _check_base(file, table, dict(columns), settings)
        elif offers is None:
            if as_lapsed is None:
                _refuse_over_time(file, dict(columns), settings["sheet"])
            click.echo(f"{file.name}: {_check_table(file, table, dict(columns), settings)}.")
            return
        else:
            size, n_warnings = _check_trial(file, dict(columns), given)
    from winback.results import counted

    verdict = f"usable, with {counted(n_warnings, 'findings')} above to look at" if n_warnings else "no problem found"
    say(f"{file.name}: {size}, {verdict}.")


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
            say(f"{verdict:>8}  {sentence}")
    for line in usable.lines:
        say(line)
    return usable.size, len(usable.doubts)


def _check_table(file, table, columns, settings):
    """Check a table by itself, and say what was taken for what and what was looked at; return size and verdict."""
    from winback.outreach.consent import headings_of_consent
    from winback.outreach.playbook_files import load_playbook
    from winback.tables.looked_at import looked_at, yes_or_no
    from winback.tables.money_columns import without_money
    from winback.tables.parsed import Written
    from winback.tables.table_files import TABLES, check_file
    from winback.terms.margin_share import check_margin_share
    from winback.trial.plausible import far_out
    from winback.trial.trial_table import in_margin

    written = Written(settings["decimal"], settings["day_first"])
    share = check_margin_share(settings["margin_share"])
    how = {"columns": columns, "sheet": settings["sheet"], "until": settings["until"], "written": written}
    flags = headings_of_consent(load_playbook().channels) if table == "lapsed" else ()
    reading = check_file(file, table, margin_share=share, flags=flags, **how)
    reading = in_margin(reading, share) if table == "lapsed" else reading
    looks = [*without_money(reading.frame, reading.headings), *far_out(reading.frame)] if table == "lapsed" else []
    for line in [*reading.notes, *looks]:
        say(f"    note  {line}")
    for line in looked_at(reading.frame, (*TABLES[table][1], *yes_or_no(reading.frame, flags)), reading.headings):
        say(line)
    if table == "lapsed":
        say("Costs, control group and randomisation were not looked at: that takes --offers.")
    found = "no problem found" if table != "lapsed" else _found_in(reading)
    return f"{_size(reading.frame)}, {found}"


def _found_in(reading):
    """Return the verdict on lost customers: no better than what of a trial was there to be looked at."""
    from winback.results import join_words
    from winback.tables import LAPSED
    from winback.tables.money_columns import says_money
    from winback.tables.offer_columns import likely_offers

    frame = reading.frame
    needed = {"offer": "offer" in frame, "returned": bool({"returned", "returned_on"} & set(frame))}
    absent = [
        name for name, there in (needed | {"value": says_money(frame) or "returned_on" in frame}).items() if not there
    ]
    if not absent:
        return "no problem found"
    if not needed["offer"] and len(like := likely_offers(frame)) == 1:
        say(f'    note  What was sent may be in `{like[0]}`: --column "offer={like[0]}".')
    there = [column.name for column in LAPSED if column.name in frame]
    looked = "only the ids were checked" if there == ["customer_id"] else f"no problem found in {join_words(there)}"
    return f"{looked}; {join_words(absent)} {'was' if len(absent) == 1 else 'were'} not there to be looked at"


def _refuse_over_time(file, columns, sheet):
    """Refuse a log that nobody said is one: as one row per customer it would be torn apart."""
    from winback.base.shapes import CALLED, over_time
    from winback.tables.files import read_file

    if kind := over_time(list(read_file(file, sheet=sheet).frame), columns):
        raise ValueError(f"{file.name} looks like {CALLED[kind]}. Say so: --table {kind}; or --table lapsed if not.")


def _check_trial(file, columns, given):
    """Do what the report does before its first figure; return how many warnings there are."""
    from winback.outreach.consent import headings_of_consent, may_be_reached
    from winback.outreach.playbook_files import load_playbook
    from winback.policies.listing import whom_to_list
    from winback.report import comparable_trial, said_of_a_long_list
    from winback.tables import LAPSED
    from winback.tables.looked_at import looked_at, yes_or_no

    settings = {name: value for name, value in given.items() if name != "offers"}
    trial, channels = comparable_trial(file, given["offers"], columns, settings), load_playbook().channels
    may_be_reached(trial.lapsed, channels)  # what is neither yes nor no is refused
    for row in trial.design.findings:
        say(f"{row.verdict:>8}  {row.check}: {row.finding}")
    for line in said_of_a_long_list(len(whom_to_list(trial, None)[0])):
        say(f"    note  {line}")
    for line in looked_at(trial.lapsed, (*LAPSED, *yes_or_no(trial.lapsed, headings_of_consent(channels)))):
        say(line)
    return _size(trial.lapsed), sum(row.verdict in ("warning", "refused") for row in trial.design.findings)
