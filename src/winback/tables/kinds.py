"""Does this column hold what its name promises? One parser per kind of column.

A parser takes a column as the analyst has it and returns the typed column and a mask of the values it could
not read. Missing values stay missing; whether they are allowed is a matter of the table.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

Parsed = tuple[pd.Series, np.ndarray]

TRUE_WORDS = frozenset({"true", "yes", "y", "1", "1.0"})
FALSE_WORDS = frozenset({"false", "no", "n", "0", "0.0"})


def parse_number(column: pd.Series) -> Parsed:
    """Read numbers; infinities and text are not numbers."""
    values = pd.to_numeric(column, errors="coerce")
    values = values.astype("float64") if values.dtype != np.float64 else values
    bad = (values.isna() & column.notna()).to_numpy() | np.isinf(values.to_numpy())
    return values, bad


def parse_count(column: pd.Series) -> Parsed:
    """Read whole numbers of at least zero; int64 when none is missing."""
    values, bad = parse_number(column)
    numbers = values.to_numpy()
    with np.errstate(invalid="ignore"):
        bad = bad | (numbers < 0) | (np.floor(numbers) != numbers) & ~np.isnan(numbers)
    return (values if bad.any() or values.isna().any() else values.astype("int64")), bad


def parse_flag(column: pd.Series) -> Parsed:
    """Read true/false, yes/no, y/n or 1/0; bool when none is missing, else pandas' nullable boolean."""
    if column.dtype == bool:
        return column, np.zeros(len(column), dtype=bool)
    if isinstance(column.dtype, pd.BooleanDtype):
        flags = column
    else:
        codes, words = pd.factorize(column)  # few distinct words: read each once
        meaning = [_flag_of(word) for word in words]
        flags = pd.Series(pd.array([*meaning, pd.NA], dtype="boolean")[codes], index=column.index, name=column.name)
    bad = (flags.isna() & column.notna()).to_numpy()
    return (flags if flags.isna().any() else flags.astype(bool)), bad


def _flag_of(word):
    text = str(word).strip().lower()
    return True if text in TRUE_WORDS else False if text in FALSE_WORDS else pd.NA


def parse_category(column: pd.Series) -> Parsed:
    """Read labels, with surrounding blanks removed."""
    no_bad = np.zeros(len(column), dtype=bool)
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column, no_bad
    codes, labels = pd.factorize(column, sort=False)
    names = pd.Index([str(label).strip() for label in labels])
    codes_of_names, distinct = pd.factorize(names, sort=True)
    codes = np.append(codes_of_names, -1)[codes] if len(names) else codes
    values = pd.Categorical.from_codes(codes, categories=distinct)
    return pd.Series(values, index=column.index, name=column.name), no_bad


def parse_date(column: pd.Series) -> Parsed:
    """Read dates without a time zone; a zone in the data is dropped."""
    values = pd.to_datetime(column, errors="coerce", format=None if column.dtype != object else "mixed")
    if getattr(values.dt, "tz", None) is not None:
        values = values.dt.tz_localize(None)
    return values, (values.isna() & column.notna()).to_numpy()


def parse_as_is(column: pd.Series) -> Parsed:
    """Keep ids and free text as they are."""
    return column, np.zeros(len(column), dtype=bool)


PARSERS: dict[str, Callable[[pd.Series], Parsed]] = {
    "id": parse_as_is,
    "number": parse_number,
    "count": parse_count,
    "flag": parse_flag,
    "category": parse_category,
    "date": parse_date,
    "text": parse_as_is,
}

WHAT_IS_READ = {
    "number": (
        "must be a number",
        "Write plain numbers: no currency signs, thousands separators or decimal commas.",
    ),
    "count": (
        "must be a whole number of at least 0",
        "Write counts as 0, 1, 2, ... and leave unknown ones empty.",
    ),
    "flag": ("must be true or false", "Write true/false, yes/no or 1/0, and leave unknown ones empty."),
    "date": ("must be a date", "Write dates as YYYY-MM-DD."),
}
