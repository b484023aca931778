"""Which day does a cell mean? ISO dates, 31.12.2024, 12/31/2024, 20241231, and dates that stand for none.

Whether 03/02/2024 is in February or in March is never guessed: another cell of the column decides, or the analyst.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas.api import types

from winback.tables.parsed import (
    AS_THE_CELLS_TELL,
    Parsed,
    Written,
    distinct_values,
    examples,
    nothing_unread,
    without_containers,
)

TIME = r"(?:[ T]\d{1,2}:\d{2}.*)?"
ISO = rf"\d{{4}}-\d{{2}}-\d{{2}}{TIME}"
ZONE = r"\s*(?:Z|[+-]\d{2}:?\d{2})$"
TOGETHER = r"(?P<year>(?:19|20|99)\d{2})(?P<month>\d{2})(?P<day>\d{2})"  # 20241231
YEAR_FIRST = rf"(?P<year>\d{{4}})[/.](?P<month>\d{{1,2}})[/.](?P<day>\d{{1,2}}){TIME}"
# Wherever dots are used the day comes first.
DOTTED = rf"(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?(?P<year>\d{{4}}){TIME}"
SLASHED = rf"(?P<first>\d{{1,2}})[/-](?P<second>\d{{1,2}})[/-](?P<year>\d{{4}}){TIME}"
ANY_DATE = (
    rf"(?:\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}|\d{{1,2}}[-/.]\s?\d{{1,2}}[-/.]\s?\d{{4}}){TIME}|(?:19|20|99)\d{{6}}"
)
FAR = 2200  # no contract ends so late: 2999-12-31 and the like stand for "not yet"
EMPTY_DATES = ("1900-01-01", "1970-01-01", "1899-12-30")  # what programs write for an empty cell
ASK = "Say which: day_first=True or day_first=False when it is read."
NO_DATE = ("holds dates that stand for none (9999-12-31, 1900-01-01)", "Leave these cells empty.")


def parse_date(column: pd.Series, written: Written = AS_THE_CELLS_TELL) -> Parsed:
    """Read dates, with or without a time; a time zone is dropped. Dates that stand for none become missing.

    Examples
    --------
    >>> parse_date(pd.Series(["31.12.2024", "9999-12-31"])).column.dt.strftime("%Y-%m-%d").tolist()
    ['2024-12-31', nan]
    """
    read = dates_as_written(column, written)
    days = read.column.to_numpy().astype("datetime64[D]")
    sentinels = nothing_unread(column) if read.sentinels is None else read.sentinels.copy()
    sentinels |= days >= np.datetime64(f"{FAR}-01-01")
    for empty in EMPTY_DATES:
        sentinels |= days == np.datetime64(empty)
    dates = read.column.mask(sentinels) if sentinels.any() else read.column
    dates = dates if dates.dtype == "datetime64[ns]" else dates.astype("datetime64[ns]")
    return read._replace(column=dates, unread=read.unread & ~sentinels, sentinels=sentinels)


def dates_as_written(column: pd.Series, written: Written = AS_THE_CELLS_TELL) -> Parsed:
    """Read dates, also those that stand for none; ``sentinels`` are those beyond the calendar of pandas."""
    if types.is_datetime64_any_dtype(column):
        naive = column.dt.tz_localize(None) if getattr(column.dt, "tz", None) is not None else column
        return Parsed(naive, nothing_unread(column))
    if isinstance(column.dtype, pd.PeriodDtype):
        return _days_of_periods(column)
    codes, values = distinct_values(without_containers(column)[0])
    texts = pd.Series([_text(value) for value in values], dtype=object)
    dates, said, doubt = _read(texts, written.day_first)
    days = pd.concat([dates, pd.Series([pd.NaT])], ignore_index=True).to_numpy()[codes]
    read = pd.Series(days, index=column.index, name=column.name)
    years = pd.to_numeric(texts.where(texts.str.fullmatch(ANY_DATE)).str.extract(r"(\d{4})")[0], errors="coerce")
    beyond = np.append((years >= FAR).to_numpy() & dates.isna().to_numpy(), False)[codes]
    return Parsed(read, (read.isna() & column.notna()).to_numpy(), said, doubt, sentinels=beyond)


def _text(value) -> str:
    """Write a distinct cell as text: dates in ISO's way, whole numbers as they are."""
    if isinstance(value, pd.Period):
        value = value.start_time if value.freqstr in ("D", "B") else ""
    if isinstance(value, int | np.integer) and not isinstance(value, bool | np.bool_):
        return str(value)
    if isinstance(value, float) and value.is_integer() and 1.9e7 < value < 1e8:
        return str(int(value))
    text = value.isoformat() if hasattr(value, "isoformat") else value
    return text.strip() if isinstance(text, str) else ""


def _days_of_periods(column: pd.Series) -> Parsed:
    if column.dtype.freq.name in ("D", "B"):
        return Parsed(column.dt.to_timestamp(), nothing_unread(column))
    return Parsed(pd.Series(pd.NaT, index=column.index, name=column.name), column.notna().to_numpy())


def _read(texts: pd.Series, day_first: bool | None) -> tuple[pd.Series, tuple[str, ...], tuple[str, str] | None]:
    """Return the dates of distinct texts, what was taken for what, and what is in doubt of the column."""
    written = texts.where(texts.str.fullmatch(ISO)).str.replace(ZONE, "", regex=True)
    dates = pd.to_datetime(written, format="ISO8601", errors="coerce")
    said, doubt = [], None
    for pattern, name in ((TOGETHER, "20241231"), (YEAR_FIRST, "2024/12/31"), (DOTTED, "31.12.2024")):
        rows = dates.isna() & texts.str.fullmatch(pattern)
        if rows.any():
            dates = dates.where(~rows, _of_parts(texts[rows].str.extract(pattern)).reindex(texts.index))
            said.append(f"dates written like {name}")
    rows = dates.isna() & texts.str.fullmatch(SLASHED)
    if rows.any():
        parts = texts[rows].str.extract(SLASHED)
        order, doubt = _order(parts, texts[rows], day_first)
        if order is not None:
            names = {"first": "day", "second": "month"} if order else {"first": "month", "second": "day"}
            dates = dates.where(~rows, _of_parts(parts.rename(columns=names)).reindex(texts.index))
            said.append(f"dates with the {'day' if order else 'month'} first")
    return dates, tuple(said), doubt


def _of_parts(parts: pd.DataFrame) -> pd.Series:
    numbers = parts[["year", "month", "day"]].astype(int)
    return pd.to_datetime(numbers, errors="coerce")


def _order(parts, texts, day_first) -> tuple[bool | None, tuple[str, str] | None]:
    """Return whether the day comes first, or what keeps it from being known."""
    if day_first is not None:
        return day_first, None
    first, second = parts["first"].astype(int) > 12, parts["second"].astype(int) > 12
    if first.any() and second.any():
        return None, (f"is written in two orders ({examples([texts[first].iloc[0], texts[second].iloc[0]])})", ASK)
    if first.any() or second.any():
        return bool(first.any()), None
    said = f"can be read in two ways: {texts.iloc[0]} with the day or with the month first"
    return None, (said, ASK)
