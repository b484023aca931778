"""Which day does a cell mean? In any order that can be told, with months in words, and dates that stand for none.

Whether 03/02/2024 is in February or in March is never guessed: another cell of the column decides, or the analyst. Nor
is the century of a year of two digits guessed where programs differ on it, nor whether such a year comes first.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas.api import types

from winback.tables.date_forms import (
    DOTTED,
    ISO,
    MONTH_OF,
    NAMED,
    SLASHED,
    TOGETHER,
    YEAR_FIRST,
    ZONE,
    bare_word,
)
from winback.tables.parsed import (
    AS_THE_CELLS_TELL,
    Parsed,
    Written,
    distinct_values,
    examples,
    nothing_unread,
    without_containers,
)

FAR = 2200  # no contract ends so late: 2999-12-31 and the like stand for "not yet"
FORMS = (
    (TOGETHER, "dates written like 20241231"),
    (YEAR_FIRST, "dates written like 2024/12/31"),
    (DOTTED, "dates written like 31.12.2024"),
    *((form, "months in words") for form in NAMED),
    (SLASHED, ""),
)
ORDERS = {True: ("day", "month"), False: ("month", "day")}
TURN = 50  # years of two digits from here on are of the last century
UNSURE = (30, 68)  # spreadsheets and Unix programs put these into different centuries
MANY_YEARS = 6  # as many, and more than days: what is taken for years may be days, though years hardly come first
OLD_ENDS = ("1999-12-30", "1999-12-31", "2000-01-01")  # 31.12.99 may be a 31.12.9999, 01.01.00 a 1900-01-01
CLOSE = 5  # years from other dates, within which it is a date like them
FOUR = "Write years with four digits."
EMPTY_DATES = ("1900-01-01", "1970-01-01", "1899-12-30")  # what programs write for an empty cell
ASK = "Say which: day_first=True or day_first=False."
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
    beyond = np.append(_beyond_the_calendar(texts.where(dates.isna(), "")), False)[codes]
    return Parsed(read, (read.isna() & column.notna()).to_numpy(), said, doubt, sentinels=beyond)


def _beyond_the_calendar(left: pd.Series) -> np.ndarray:
    """Say which of the texts that were not read are dates too far ahead for pandas."""
    if not left.any():  # as nearly always
        return np.zeros(len(left), dtype=bool)
    years = pd.to_numeric(left.where(is_like_a_date(left)).str.extract(r"(\d{4})")[0], errors="coerce")
    return (years >= FAR).to_numpy()


def is_like_a_date(texts: pd.Series) -> pd.Series:
    """Say which texts have the form of a date, whether or not there is such a day.

    Examples
    --------
    >>> is_like_a_date(pd.Series(["31.12.9999", "3 Apr 2025", "4.5"])).tolist()
    [True, True, False]
    """
    return np.logical_or.reduce([texts.str.fullmatch(form) for form in (ISO, *(form for form, _ in FORMS))])


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
    said, doubts, short = [], [], []
    for pattern, name in FORMS:
        left = texts[dates.isna() & (texts != "")]
        if left.empty:  # the rest of the forms would be looked for in vain
            break
        rows = texts.index.isin(left.index[left.str.fullmatch(pattern)])
        if not rows.any():
            continue
        parts = texts[rows].str.extract(pattern)
        if pattern == SLASHED:
            order, doubt = _order(parts, texts[rows], day_first)
            doubts += [doubt] if doubt else []
            if order is None:
                continue
            parts = parts.rename(columns=dict(zip(("first", "second"), ORDERS[order], strict=True)))
            name = f"dates with the {ORDERS[order][0]} first"
        made = _of_parts(parts)
        dates = dates.where(~rows, made.reindex(texts.index))
        parts = parts.assign(text=texts[rows], date=made)
        short.append(parts[made.notna() & (parts["year"].str.len() < 4)])
        said.append(name)
    two = pd.concat(short) if short else pd.DataFrame()
    if len(two):
        years = two["date"].dt.year
        said.append(
            f"years of two digits as {years.min()}" + (f" to {years.max()}" if years.max() > years.min() else "")
        )
        doubts += _doubts_of_short_years(two, dates, day_first)
    return dates, tuple(dict.fromkeys(said)), next(iter(doubts), None)


def _of_parts(parts: pd.DataFrame) -> pd.Series:
    """Return the days of years, months (as numbers or in words) and days; words that are no month give none."""
    words = ~parts["month"].str.isdecimal()
    month = parts["month"].where(~words, parts["month"].map(lambda word: MONTH_OF.get(bare_word(word), 0)))
    year = parts["year"].str.lstrip("'\u2019").astype(int)
    short = parts["year"].str.len() < 4
    year = year.where(~short, year + np.where(year < TURN, 2000, 1900))
    numbers = {"year": year, "month": month.astype(int), "day": parts["day"].astype(int)}
    return pd.to_datetime(pd.DataFrame(numbers), errors="coerce")


def _doubts_of_short_years(two: pd.DataFrame, dates: pd.Series, day_first: bool | None) -> list[tuple[str, str]]:
    """Return why years of two digits cannot be told: their place, their century, or whether they are years at all."""
    years = two["date"].dt.year
    unsure = years.between(1900 + UNSURE[0], 1900 + UNSURE[1]) | years.between(2000 + UNSURE[0], 2000 + UNSURE[1])
    if unsure.any():
        text = two.loc[unsure, "text"].iloc[0]
        return [(f"has years of two digits that may be of two centuries ({text})", FOUR)]
    n_first, n_last = two["day"].astype(int).nunique(), years.nunique()
    most = n_first if two["text"].str.contains("/").any() else max(MANY_YEARS, 2 * n_first)
    if day_first is None and n_last > most:
        said = f"has years of two digits that may come first or last ({examples(two['text'])})"
        return [(said, f"{FOUR} If they come last: day_first=True or day_first=False.")]
    ends = two["date"].isin(pd.to_datetime(list(OLD_ENDS)))
    others = dates[dates.notna() & ~dates.isin(two.loc[ends, "date"])].dt.year
    if ends.any() and not others.between(1999 - CLOSE, 2000 + CLOSE).any():
        text = two.loc[ends, "text"].iloc[0]
        return [(f"has dates that may mean that there is none ({text})", f"Leave these cells empty, or: {FOUR}")]
    return []


def _order(parts, texts, day_first) -> tuple[bool | None, tuple[str, str] | None]:
    """Return whether the day comes first, or what keeps it from being known."""
    if day_first is not None:
        return day_first, None
    first, second = parts["first"].astype(int) > 12, parts["second"].astype(int) > 12
    if first.any() and second.any():
        return None, (f"is written in two orders ({examples([texts[first].iloc[0], texts[second].iloc[0]])})", ASK)
    hyphens = (parts["year"].str.len() < 4) & texts.str.contains("-")
    if hyphens.any():  # 24-12-31: after hyphens the year may as well come first, as in ISO dates
        said = f"has years of two digits that may come first or last ({texts[hyphens].iloc[0]})"
        return None, (said, f"{FOUR} If they come last: day_first=True or day_first=False.")
    if first.any() or second.any():
        return bool(first.any()), None
    said = f"can be read in two ways: {texts.iloc[0]} with the day or with the month first"
    return None, (said, ASK)


def like_the_others(given: pd.Series, unread: np.ndarray) -> str:
    """Return how cells that are no date are to be written: as the dates of their own column are.

    Examples
    --------
    >>> like_the_others(pd.Series(["31.02.1997", "01.03.1997"]), np.array([True, False]))
    'Write dates as the others are, such as 01.03.1997, and leave cells without one empty.'
    """
    good = given[~unread & given.notna().to_numpy()]
    is_text = len(good) and isinstance(good.iloc[0], str)
    how = f"as the others are, such as {good.iloc[0].strip()}" if is_text else "as YYYY-MM-DD"
    return f"Write dates {how}, and leave cells without one empty."
