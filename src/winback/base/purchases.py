"""How does a log of purchases become customers over time? `read_purchases`, and the base it gives."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import narwhals as nw
import pandas as pd
from narwhals.typing import IntoFrame

from winback.base.people import names_of_the_log, people_of, read_people
from winback.base.purchase_base import PurchaseBase
from winback.base.purchase_doubts import doubts_of_log
from winback.base.purchase_rows import rows_set_aside
from winback.base.rules import Setting, parse_lost
from winback.doors import door
from winback.periods import Period
from winback.provenance import sha256_of
from winback.purchases.logs.checks import FUTURE, NO_DATE, NUMBER, TABLE
from winback.purchases.logs.in_file import LogInFile
from winback.purchases.logs.log import PurchaseLog
from winback.purchases.logs.summary import PurchaseSummary, summarize_purchases
from winback.tables import PURCHASES, AnyTable, Problem, ProblemList, TableError
from winback.tables.broken_cells import is_all_text
from winback.tables.checks import columns_mapped
from winback.tables.column_checks import refuse_other_than_frame
from winback.tables.currencies import shown_in
from winback.tables.dates import dates_as_written, like_the_others
from winback.tables.headings import shared_names
from winback.tables.likeness import matched, to_choose_from
from winback.tables.months_from_dates import end_of_data
from winback.tables.nouns import as_reading
from winback.tables.numbers import parse_number
from winback.tables.parsed import AS_THE_CELLS_TELL, Written, written_as
from winback.tables.reading import Reading
from winback.tables.types_found import with_types
from winback.tables.unused import NOTHING_CHANGED, unused_marks
from winback.terms.margin_share import check_margin_share

ID, DATE, AMOUNT = "customer_id", "date", "amount"


@door
def read_purchases(
    purchases: IntoFrame | str | Path,
    *,
    until: datetime.date | str | None = None,
    lost: Setting | str | int | None = None,
    customers: AnyTable | None = None,
    period: str | Period = "W",
    margin_share: float | None = None,
    currency: str | None = None,
    columns: Mapping[str, str] | None = None,
    sheet: str | int | None = None,
    decimal: str | None = None,
    day_first: bool | None = None,
) -> PurchaseBase:
    """Read and check customers who buy without a contract, so that losses, risks and values are asked of one thing.

    Nobody says goodbye in a shop: who is lost is a rule's verdict, and every rule is sometimes wrong. How often yours
    is, ``base.false_alarms()`` measures on the log itself.

    Parameters
    ----------
    purchases : pandas, polars, DuckDB or Spark frame, or path
        One row per purchase (`winback.tables.PURCHASES`): ``customer_id``, ``date``, and where known ``amount``; in any
        order. CSV, TSV, XLSX or Parquet. What lies in an engine is grouped there. A purchase of zero is one, and left
        out of spend only; refunds, rows without a customer, a date or an amount are left out and counted.
    until : date or text, optional
        Last day on which purchases were recorded; the last date of the log without it, and then said.
    lost : {"rhythm", "silence", "personal", "model"}, int, or a rule of `winback.base`, optional
        When a silent customer is called lost; a number is days of silence. Without it the rule is chosen that calls the
        fewest lost who buy again, at earlier dates of the log (`PurchaseBase.choice`).
    customers : pandas.DataFrame or path, optional
        One row per customer: ``customer_id`` and columns to tell them apart by.
    period : {"D", "W", "30D", "M", "Y"} or another number of one of these
        Unit of time of what models are fitted to.
    margin_share : float, optional
        Share of a purchase's money that is margin; without it what was paid is taken for margin.
    currency : str, optional
        Sign or code put before money; the one that the amounts of the log carry without it, else $.
    columns : mapping, optional
        winback's name of a column -> the table's own; names that are alike ("Customer Id") are found.
    sheet : str or int, optional
        Sheet of a workbook of purchases: its name, or its position from 1 among those that are not hidden.
    decimal : {",", "."}, optional
        The decimal mark of numbers in text that can be read in two ways, such as 1.234.
    day_first : bool, optional
        Whether 03/02/2024 is in February, where no date of the column tells.

    Returns
    -------
    PurchaseBase
        ``lapsed()`` is the table of lost customers; `fit_purchases`, `fit_spend`, `lifetime_value`, `base_value`,
        `survival_curve` and `fit_duration` take the base.

    Raises
    ------
    TableError
        Listing every problem of both tables.
    ValueError
        When ``until``, ``lost``, ``period`` or ``margin_share`` is none.
    FileNotFoundError
        When there is no such file.

    Examples
    --------
    >>> import pandas as pd, winback as wb
    >>> log = pd.DataFrame({
    ...     "customer_id": ["a", "a", "a", "b", "c"],
    ...     "date": ["2024-01-01", "2024-02-01", "2024-09-01", "2024-03-01", "2024-11-20"],
    ...     "amount": [10.0, 14.0, 9.0, 30.0, 5.0]})
    >>> base = wb.read_purchases(log, until="2024-12-31", lost=90)
    >>> base.to_frame()[["state", "n"]].to_string(index=False, header=False).split()
    ['here', '1', 'back', '0', 'lost', '2']
    >>> base.lapsed().to_frame()[["customer_id", "first_tenure", "returned", "second_tenure"]].round(1)
      customer_id  first_tenure  returned  second_tenure
    0           a           4.0      True            3.0
    1           b           3.0     False            NaN
    """
    rule = None if lost is None else parse_lost(lost)
    share, written = check_margin_share(margin_share), written_as(decimal, day_first)
    end, names = end_of_data(until, written), columns or {}

    def summarised() -> tuple[PurchaseSummary, tuple[str, ...], tuple[str, ...]]:
        log, reading, there = _log(purchases, names, customers, written, sheet, ends=end is None)
        shown, doubts = shown_in(reading.currencies, currency)
        summary = summarize_purchases(
            log,
            period=str(period),
            until=None if end is None else end.date(),
            amount=AMOUNT if AMOUNT in there else None,
            currency=shown,
        )
        return summary, reading.notes, doubts

    (summary, notes, doubts), known = _together(summarised, lambda: read_people(customers, names, written))
    people = people_of(known, summary.customers[ID])
    paths = [Path(each) for each in (purchases, customers) if isinstance(each, str | Path)]
    return PurchaseBase(
        summary=summary,
        people=people.frame,
        asked=rule,
        margin_share=share,
        until=summary.until,
        currency=summary.currency,
        source=paths[0].name if isinstance(purchases, str | Path) else "a log of purchases",
        made_with=tuple((f"SHA-256 of {path.name}", sha256_of(path)) for path in paths),
        reading=notes if customers is None else _of_both(notes, people.notes),
        doubts=(*doubts, *doubts_of_log(summary), *people.doubts),
    )


def _together(*steps: Callable[[], Any]) -> list[Any]:
    """Take steps that do not lean on each other; raise one error with the problems of all."""
    done, errors = [], []
    for step in steps:
        try:
            done.append(step())
        except TableError as error:
            errors.append(error)
    if len(errors) > 1:
        of_people = [replace(each, column=f"customers.{each.column}") for each in errors[1].found]
        raise TableError(f"{errors[0].table} and the {errors[1].table}", [*errors[0].found, *of_people])
    if errors:
        raise errors[0]
    return done


def _of_both(notes: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    """Return what is to be said of two tables; that a setting changed nothing only where it did so in neither."""
    every = dict.fromkeys((*notes, *others))
    return tuple(each for each in every if NOTHING_CHANGED not in each or (each in notes and each in others))


def _log(purchases, columns, customers, written: Written, sheet, *, ends) -> tuple[Any, Reading, list[str]]:
    """Return the log under winback's names, wherever it lies, what was taken for what, and its columns."""
    if sheet is None and written == AS_THE_CELLS_TELL and isinstance(purchases, str | Path | LogInFile):
        found = _in_file(purchases, columns, customers)
        if found is not None:
            return found
    purchases = purchases.path if isinstance(purchases, LogInFile) else purchases
    if isinstance(purchases, str | Path | pd.DataFrame | Reading):
        reading, is_raw = as_reading(purchases, TABLE, sheet)
        named = _named(reading, columns, customers, written)
        named = _as_written(with_types(named, written) if is_raw else named, written)
        aside = rows_set_aside(named)
        _raise(named.frame, named.having(problems=aside if named.problems else ()), ends)
        named = named.having(notes=map(str, aside if named.places is not None else ()))
        return named.frame, named, list(named.frame)
    if sheet is not None:
        as_reading(pd.DataFrame(), TABLE, sheet)  # what is no file has none
    try:
        frame = nw.from_native(purchases)
    except TypeError:
        kind = type(purchases).__name__
        said = f"must be a pandas, polars, DuckDB or Spark frame, or a file, not {kind}"
        raise TableError(TABLE, [Problem("table", said, 0, "", "Read it first.")]) from None
    theirs = frame.collect_schema().names()
    named = _named(Reading(pd.DataFrame(columns=theirs)), columns, customers, written)
    names = list(named.frame.columns)
    ours = {old: new for old, new in zip(theirs, names, strict=True) if old != new}
    log = (frame.rename(ours) if ours else frame).to_native()
    _raise(log, named, ends)
    return log, named, names


def _in_file(path: str | Path | LogInFile, columns, customers) -> tuple[LogInFile, Reading, list[str]] | None:
    """Return a log whose columns have types in its file, and are read from there; None where cells must tell."""
    log = path if isinstance(path, LogInFile) else LogInFile.at(path)
    if log is None:
        return None
    named = _named(Reading(pd.DataFrame(columns=list(log))), columns, customers, AS_THE_CELLS_TELL)
    names = list(named.frame)
    log = replace(log, theirs=dict(zip(names, log, strict=True)))
    has_types = log.kind(ID) in ("number", "text") and log.kind(DATE) == "date" and log.kind(AMOUNT) in (None, "number")
    return (log, named, names) if has_types and not named.problems else None


def _named(reading: Reading, columns: Mapping[str, str], customers, written: Written) -> Reading:
    """Return a log under winback's names of columns."""
    refuse_other_than_frame(reading.frame, TABLE)
    named = columns_mapped(reading, names_of_the_log(columns, list(reading.frame.columns), customers))
    if not named.frame.columns.has_duplicates:
        named = matched(named, PURCHASES)
    told = " ".join(map(str, named.problems))
    problems = []
    for name in [name for name in (ID, DATE) if name not in named.frame and f"`{name}`" not in told]:
        remedy = f'Name it, columns={{"{name}": "..."}}. {to_choose_from(name, named.frame.columns)}'
        problems.append(Problem(name, "is missing from the table", 0, "", remedy))
    return named.having(notes=unused_marks(named.frame, written), problems=problems)


def _as_written(reading: Reading, written: Written) -> Reading:
    """Return a log with dates and amounts for texts, read as the analyst says they are written."""
    frame, notes, money = reading.frame, [], frozenset()
    problems = ProblemList(TABLE, reading.frame, places=reading.places, headings=reading.headings)
    for name, parse, wrong in ((DATE, dates_as_written, NO_DATE), (AMOUNT, parse_number, NUMBER)):
        if name not in frame or frame.columns.has_duplicates or not is_all_text(frame[name]):
            continue
        read = parse(frame[name], written)
        if read.doubt and read.doubted is not None:
            problems.add_rows(name, read.doubted, *read.doubt, usual=read.usual)
        elif read.doubt:
            problems.add(name, *read.doubt)
        if not read.doubt or read.doubted is not None:
            unread = read.unread if read.doubted is None else read.unread & ~read.doubted
            remedy = like_the_others(frame[name], unread) if name == DATE else wrong[1]
            problems.add_rows(name, unread, wrong[0], remedy)
        frame, money = frame.assign(**{name: read.column}), money | read.currencies
        notes += [f'"{name}": {", ".join(read.taken_for)}.'] if read.taken_for else []
    return reading.having(frame, notes, problems.found, money)


def _raise(log: Any, reading: Reading, ends: bool) -> None:
    """Raise what is wrong with a log, and with those of its columns of which nothing is said yet."""
    told = {problem.column for problem in reading.problems}
    problems = [*reading.problems, *(each for each in shared_names(reading.frame) if each.column not in told)]
    if not problems:
        return
    told, more = {problem.column for problem in problems}, []
    try:
        rows = PurchaseLog(log, ID, DATE, AMOUNT if AMOUNT in reading.frame else None).read(ends=ends)
        if ends:
            rows.end()
    except TableError as error:
        said = " ".join(map(str, problems))
        more = [
            each
            for each in error.found
            if each.problem == FUTURE or (each.column not in told and f"`{each.column}`" not in said)
        ]
    raise TableError(TABLE, [*problems, *more])
