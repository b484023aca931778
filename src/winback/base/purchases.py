"""How does a log of purchases become customers over time? `read_purchases`, and the base it gives."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path

import narwhals as nw
import pandas as pd
from narwhals.typing import IntoFrame

from winback.base.customers import places_among
from winback.base.purchase_base import PurchaseBase
from winback.base.rules import Setting, parse_lost
from winback.doors import door
from winback.periods import Period
from winback.provenance import sha256_of
from winback.purchases.logs.checks import TABLE
from winback.purchases.logs.summary import summarize_purchases
from winback.tables import PURCHASES, AnyTable, Problem, TableError
from winback.tables.checks import columns_mapped
from winback.tables.column_checks import check_columns, check_ids_once
from winback.tables.likeness import matched
from winback.tables.months_from_dates import last_day
from winback.tables.nouns import as_reading
from winback.tables.parsed import Written, written_as
from winback.tables.reading import Reading
from winback.tables.types_found import with_types
from winback.terms.margin_share import check_margin_share

CUSTOMERS = "table of customers"
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
    currency: str = "$",
    columns: Mapping[str, str] | None = None,
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
    currency : str
        Sign or code put before money.
    columns : mapping, optional
        winback's name of a column -> the table's own; names that are alike ("Customer Id") are found.
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
        Listing every problem of a table.
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
    log, notes = _log(purchases, columns or {}, written)
    end = last_day(until, written)
    names = nw.from_native(log).collect_schema().names()
    summary = summarize_purchases(
        log,
        period=str(period),
        until=None if end is None else end.date(),
        amount=AMOUNT if AMOUNT in names else None,
        currency=currency,
    )
    people, doubts = _people(customers, summary.customers[ID], written)
    paths = [Path(each) for each in (purchases, customers) if isinstance(each, str | Path)]
    return PurchaseBase(
        summary=summary,
        people=people,
        asked=rule,
        margin_share=share,
        until=summary.until,
        currency=currency,
        source=paths[0].name if isinstance(purchases, str | Path) else "a log of purchases",
        made_with=tuple((f"SHA-256 of {path.name}", sha256_of(path)) for path in paths),
        reading=notes,
        doubts=doubts,
    )


def _log(purchases, columns: Mapping[str, str], written: Written) -> tuple[object, tuple[str, ...]]:
    """Return the log under winback's names, wherever it lies, and what was taken for what."""
    if isinstance(purchases, str | Path | pd.DataFrame):
        reading, is_raw = as_reading(purchases, TABLE)
        named = _named(reading, columns)
        if is_raw:
            named = with_types(named, written)
            _raise(named)
        return named.frame, named.notes
    try:
        frame = nw.from_native(purchases)
    except TypeError:
        kind = type(purchases).__name__
        said = f"must be a pandas, polars, DuckDB or Spark frame, or a file, not {kind}"
        raise TableError(TABLE, [Problem("table", said, 0, "", "Read it first.")]) from None
    theirs = frame.collect_schema().names()
    named = _named(Reading(pd.DataFrame(columns=theirs)), columns)
    ours = {old: new for old, new in zip(theirs, named.frame.columns, strict=True) if old != new}
    return (frame.rename(ours) if ours else frame).to_native(), named.notes


def _named(reading: Reading, columns: Mapping[str, str]) -> Reading:
    """Return a log under winback's names of columns."""
    named = columns_mapped(reading, columns)
    if not named.frame.columns.has_duplicates:
        named = matched(named, PURCHASES)
    _raise(named)
    return named


def _raise(reading: Reading) -> None:
    if reading.problems:
        raise TableError(TABLE, list(reading.problems))


def _people(customers, ids: pd.Series, written: Written) -> tuple[pd.DataFrame | None, tuple[str, ...]]:
    """Return what else is known of each customer of the log, in their order, and whom of them it does not name."""
    if customers is None:
        return None, ()
    reading, is_raw = as_reading(customers, CUSTOMERS)
    if is_raw:
        reading = with_types(reading, written)
    checked = check_columns(reading, CUSTOMERS, PURCHASES[:1], ())
    if ID in checked.frame:
        check_ids_once(checked, checked.frame[ID])
    checked.problems.raise_if_any()
    known = checked.frame.reset_index(drop=True)
    places = places_among(ids, pd.Index(known[ID]))
    missing = places < 0
    if missing.all():
        said = f"names 0 of {len(ids):,} customers of the log (such as {ids.iloc[0]!r}; there: {known[ID].iloc[0]!r})"
        remedy = "Write ids alike in both tables: as text where some start with a zero."
        raise TableError(CUSTOMERS, [Problem(ID, said, 0, "", remedy)])
    own = known.drop(columns=ID).iloc[places].reset_index(drop=True)
    own = own.mask(pd.Series(missing), axis=0) if missing.any() else own
    if not missing.any():
        return own, ()
    return own, (f"{missing.sum():,} of {len(ids):,} customers of the log are not in the table of customers",)
