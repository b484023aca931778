"""Which number does a cell mean? Decimal commas, thousands separators, signs of money, percent.

Whether "1,234" is a thousand or a little over one is never guessed: another cell of the column decides, or the analyst.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from pandas.api import types

from winback.tables.columns import KNOWN
from winback.tables.parsed import AS_THE_CELLS_TELL, Parsed, Written, distinct_values, examples, without_containers

SIGNS = {
    "€": "EUR",
    "£": "GBP",
    "$": "USD",
    "US$": "USD",
    "¥": "JPY",
    "₹": "INR",
    "kr": "kr",
    "zł": "PLN",
    "Fr.": "CHF",
}
CODE_LIST = "EUR USD GBP CHF PLN SEK NOK DKK CZK HUF RON JPY CNY INR CAD AUD NZD BRL MXN ZAR TRY"
CODES = CODE_LIST.split()
MONEY = "|".join(["€", "£", r"US\$", r"\$", "¥", "₹", "kr", "zł", r"Fr\.", *CODES])
DASH = "[-\u2212\u2013]"
SPACE = "[ \u00a0\u2007\u2009\u202f]"  # between thousands, and before a sign
CELL = (
    rf"(?P<open>\()?(?P<minus>{DASH}|\+)?\s*(?P<before>{MONEY})?\s*(?P<minus_too>{DASH})?"
    rf"(?P<digits>[.,]?\d(?:[\d.,'\u2019]|{SPACE}(?=\d{{3}}))*)(?P<power>[eE][-+]?\d+)?"
    rf"(?:,{DASH}{{1,2}})?\s*(?P<behind>%|{MONEY})?(?P<minus_behind>{DASH})?(?P<close>\))?"
)
DASH_FOR_ZERO = re.compile(
    rf"\s*(?P<before>{MONEY})?\s*[-\u2212\u2013\u2014]{{1,2}}\s*(?P<behind>{MONEY})?\s*"
)  # 0, in accounts
AMOUNTS = {name for name, column in KNOWN.items() if column.unit.startswith("money")}
EITHER = r"[1-9]\d{0,2}[.,]\d{3}"  # one group of thousands, or three decimals
GROUPED = {",": r"\d{1,3}(?:,\d{3})+(?:\.\d*)?", ".": r"\d{1,3}(?:\.\d{3})+(?:,\d*)?"}
OTHER = {",": ".", ".": ","}
LARGEST = 1e100  # beyond it sums of squares and cubes have no room
LOOKED_AT = 5_000  # cells of a column in which a decimal mark shows, if it has one
WAYS = 'decimal="," or decimal=".".'
ASK = f"Say which: {WAYS}"


def parse_number(column: pd.Series, written: Written = AS_THE_CELLS_TELL) -> Parsed:
    """Read numbers as people write them; infinities, dates, true or false, and other text are not numbers.

    Examples
    --------
    >>> parse_number(pd.Series(["1.234,50 €", "12 €", None])).column.tolist()
    [1234.5, 12.0, nan]
    """
    others = (types.is_bool_dtype, types.is_datetime64_any_dtype, types.is_timedelta64_dtype, types.is_complex_dtype)
    truth = column.dtype == object and types.infer_dtype(column) == "boolean"
    if truth or any(is_other(column) for is_other in others):
        return Parsed(pd.Series(np.nan, index=column.index, name=column.name), column.notna().to_numpy())
    if types.is_numeric_dtype(column):
        values = column if column.dtype == np.float64 else column.astype("float64")
        return Parsed(values, _endless(values))
    values = _plain(column)
    if values is not None and not _may_be_thousands(column, written.decimal):
        return Parsed(values, _endless(values))
    return _as_people_write(column, written.decimal)


def _endless(values: pd.Series) -> np.ndarray:
    """Return where numbers are infinite, or so large that their squares are."""
    numbers = values.to_numpy()
    return (numbers > LARGEST) | (numbers < -LARGEST)


def decimal_evidence(column: pd.Series) -> set[str]:
    """Return the decimal marks that the cells of a column of numbers show beyond doubt."""
    texts = column[column.notna()].head(LOOKED_AT).map(str).astype(object)
    texts = texts[~texts.str.fullmatch(DASH_FOR_ZERO)]
    if not (texts.str.contains(r"\d").all() and texts.str.contains("[.,]").any()):
        return set()  # words, dates and whole numbers need no closer look
    if texts.str.fullmatch(r"\s*-?\d*\.\d{1,2}\s*").any() and _plain(column) is not None:
        return {"."}
    cells = distinct_values(without_containers(column)[0])[1]
    parts = _parts(pd.Series([cell for cell in cells if not DASH_FOR_ZERO.fullmatch(str(cell))], dtype=object))
    return set() if parts is None or not parts["read"].all() else _evidence(parts)


def _plain(column: pd.Series) -> pd.Series | None:
    """Return numbers where every cell is a plain one, such as 12, -0.5 or 1e3; else None."""
    values = pd.to_numeric(without_containers(column)[0], errors="coerce")
    if types.is_complex_dtype(values):
        return None
    values = values.astype("float64")
    return None if (values.isna() & column.notna()).any() else values


def _may_be_thousands(column: pd.Series, decimal: str | None) -> bool:
    """Say whether plain numbers with a point could as well be thousands: each has three digits after it."""
    if decimal == ".":
        return False
    texts = column[column.map(lambda cell: isinstance(cell, str)).to_numpy(dtype=bool)].astype(object)
    pointed = texts[texts.str.contains(".", regex=False)]
    return len(pointed) > 0 and (decimal == "," or bool(pointed.str.strip().str.fullmatch(EITHER).all()))


def _as_people_write(column: pd.Series, decimal: str | None) -> Parsed:
    column, containers = without_containers(column)
    codes, cells = distinct_values(column)
    cells, dashes = _with_zeros(cells, column.name)
    parts = _parts(pd.Series(cells, dtype=object))
    marks = _evidence(parts)
    doubt = doubted = usual = None
    if decimal is None and len(marks) == 1:
        (decimal,) = marks
    unsure = parts["either"] & parts["read"]
    if decimal is None and len(marks) > 1:
        shown = [parts.loc[parts["mark"] == mark, "cell"].iloc[0] for mark in sorted(marks)]
        doubt = (f"is written in two ways ({examples(shown)})", f"Write these as the others are, or say which: {WAYS}")
        n_marks = parts["mark"].iloc[codes[codes >= 0]].value_counts()
        decimal = max(sorted(marks), key=lambda mark: n_marks.get(mark, 0))
        other, as_most = (
            np.append(parts["read"] & (parts["mark"] == mark), False)[codes] for mark in (OTHER[decimal], decimal)
        )
        doubted, usual = other, int(as_most.argmax())
    elif decimal is None and unsure.any():
        shown = str(parts.loc[unsure, "cell"].iloc[0]).strip()
        doubt = (f"can be read in two ways: {shown} with a decimal mark, or as a thousand", ASK)
    values, read = _values(parts, decimal or ".")
    money, percent = _units(parts, read)
    if len(money) > 1:
        doubt = (
            f"holds amounts in several currencies ({', '.join(sorted(money))})",
            "Convert them to one currency first.",
        )
    if percent == "some":
        doubt = ("holds percentages beside other numbers", "Write all as shares, or all with a percent sign.")
    numbers = np.append(values, np.nan)[codes]
    unread = containers | np.append(~read | (np.abs(values) > LARGEST), False)[codes]
    said = _said(parts, decimal, money, percent)
    n_dashes = int(np.isin(codes, dashes).sum())
    said += (f"a dash is 0, as in accounts ({n_dashes:,} {'cell' if n_dashes == 1 else 'cells'})",) if n_dashes else ()
    typed = pd.Series(np.where(unread, np.nan, numbers), index=column.index, name=column.name)
    return Parsed(typed, unread, said, doubt, doubted=doubted, usual=usual, currencies=frozenset(money))


def _with_zeros(cells: list, name: object) -> tuple[list, list[int]]:
    """Return cells with 0 for a dash, and where they were: in a column of amounts, and wherever it has a sign of money.

    Elsewhere a dash may as well mean that nothing is known.
    """
    found = {place: DASH_FOR_ZERO.fullmatch(cell) for place, cell in enumerate(cells) if isinstance(cell, str)}
    signs = {place: (match["before"] or "") + (match["behind"] or "") for place, match in found.items() if match}
    if not signs:
        return cells, []
    money = name in AMOUNTS or any(isinstance(cell, str) and re.search(MONEY, cell) for cell in cells)
    zeros = {place: f"0 {sign}".strip() for place, sign in signs.items() if money}
    return [zeros.get(place, cell) for place, cell in enumerate(cells)], list(zeros)


def _parts(cells: pd.Series) -> pd.DataFrame | None:
    """Take cells apart: digits, sign, what stands beside, and whether that is a number at all."""
    is_number = cells.map(
        lambda cell: isinstance(cell, int | float | np.number) and not isinstance(cell, bool | np.bool_)
    )
    texts = cells.map(lambda cell: cell.strip() if isinstance(cell, str) else "")
    parts = texts.astype(object).str.extract(f"^{CELL}$").fillna("")
    digits = parts["digits"].str.replace(rf"{SPACE}|['\u2019]", "", regex=True)
    spaced = digits != parts["digits"]  # thousands are told already: the mark left is a decimal one
    parts["well_spaced"] = ~spaced | parts["digits"].str.fullmatch(
        rf"\d{{1,3}}(?:(?:{SPACE}|['\u2019])\d{{3}})+(?:[.,]\d+)?"
    )
    parts["cell"], parts["digits"], parts["own"] = cells, digits, is_number
    parts["either"] = digits.str.fullmatch(EITHER) & ~spaced & (parts["power"] == "")
    parts["mark"] = [_mark(text) for text in digits.where(~parts["either"], "")]
    twice = (parts["before"] != "") & (parts["behind"] != "")
    brackets = (parts["open"] != "") == (parts["close"] != "")
    signs = sum((parts[name] != "").astype(int) for name in ("minus", "minus_too", "minus_behind", "open"))
    written = (signs < 2) & (digits != "") & parts["well_spaced"] & (parts["mark"] != "?") & ~twice & brackets
    parts["read"] = written | is_number
    return parts


def _mark(digits: str) -> str:
    """Return the decimal mark that digits show: "," or ".", "" where there is none, "?" where they are no number."""
    marks = [letter for letter in digits if letter in ".,"]
    if not marks:
        return ""
    last = marks[-1]
    if len(marks) == 1:
        return last
    if marks.count(last) > 1:  # thousands only
        groups = digits.split(last)
        good = len(set(marks)) == 1 and 1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])
        return OTHER[last] if good else "?"
    whole = digits.partition(last)[0].split(OTHER[last])
    good = 1 <= len(whole[0]) <= 3 and all(len(group) == 3 for group in whole[1:])
    return last if good else "?"


def _evidence(parts: pd.DataFrame) -> set[str]:
    return set(parts.loc[parts["read"], "mark"]) & {",", "."}


def _values(parts: pd.DataFrame, decimal: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers with this decimal mark, and which could be read."""
    thousands = parts["digits"].str.replace(OTHER[decimal], "", regex=False)
    fits = parts["either"] | parts["mark"].isin(["", decimal])
    text = thousands.str.replace(decimal, ".", regex=False) + parts["power"]
    values = pd.to_numeric(text.where(parts["read"] & fits & ~parts["own"]), errors="coerce").to_numpy(dtype=float)
    minus = [*zip(*(parts[name] for name in ("minus", "minus_too", "minus_behind", "open")), strict=True)]
    values = values * np.array([-1.0 if any(sign not in ("", "+") for sign in signs) else 1.0 for signs in minus])
    values = np.where(parts["behind"] == "%", values / 100, values)
    own = parts["own"].to_numpy(dtype=bool)
    values[own] = [float(cell) for cell in parts.loc[own, "cell"]]
    return values, ~np.isnan(values)


def _units(parts: pd.DataFrame, read: np.ndarray) -> tuple[set[str], str]:
    """Return the currencies, and whether all, some or none of the numbers are percentages."""
    named = set(parts.loc[read, "before"]) | set(parts.loc[read, "behind"])
    money = {SIGNS.get(name, name) for name in named - {"", "%"}}
    percent = (parts["behind"] == "%").to_numpy()[read]
    return money, "all" if percent.any() and percent.all() else "some" if percent.any() else "none"


def _said(parts, decimal, money, percent) -> tuple[str, ...]:
    said = ["numbers with a decimal comma"] if decimal == "," else []
    grouped = parts["digits"].str.contains(OTHER[decimal or "."], regex=False).any()
    said += ["thousands separators left out"] if grouped and parts["read"].any() else []
    said += [f"amounts in {next(iter(money))}"] if len(money) == 1 else []
    return (*said, *(["percentages as shares (10% is 0.1)"] if percent == "all" else []))
