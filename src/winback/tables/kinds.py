"""Does this column hold what its name promises? One parser per kind of column.

A parser takes a column as the analyst has it and returns the typed column and a mask of the values it could
not read. Missing values stay missing; whether they are allowed is a matter of the table.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from pandas.api import types

Parsed = tuple[pd.Series, np.ndarray]

TRUE_WORDS = frozenset({"true", "yes", "y", "1", "1.0"})
FALSE_WORDS = frozenset({"false", "no", "n", "0", "0.0"})
LARGEST_COUNT = 2**53  # beyond it a float no longer counts one by one
ISO_DATE = r"\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}.*)?"
ZONE = r"\s*(?:Z|[+-]\d{2}:?\d{2})$"


def parse_number(column: pd.Series) -> Parsed:
    """Read numbers; infinities, dates, true or false, and text are not numbers."""
    others = (types.is_bool_dtype, types.is_datetime64_any_dtype, types.is_timedelta64_dtype, types.is_complex_dtype)
    truth = column.dtype == object and types.infer_dtype(column) == "boolean"
    if truth or any(is_other(column) for is_other in others):
        return pd.Series(np.nan, index=column.index, name=column.name), column.notna().to_numpy()
    if column.dtype == np.float64:
        return column, np.isinf(column.to_numpy())
    values = pd.to_numeric(column, errors="coerce").astype("float64")
    bad = (values.isna() & column.notna()).to_numpy() | np.isinf(values.to_numpy())
    return values, bad


def parse_count(column: pd.Series) -> Parsed:
    """Read whole numbers of at least zero; int64 when none is missing."""
    if column.dtype == np.int64:
        return column, (column < 0).to_numpy()
    values, bad = parse_number(column)
    numbers = values.to_numpy()
    whole = np.floor(numbers) == numbers
    bad = bad | ~np.isnan(numbers) & ~(whole & (numbers >= 0) & (numbers <= LARGEST_COUNT))
    return (values if bad.any() or np.isnan(numbers).any() else values.astype("int64")), bad


def parse_flag(column: pd.Series) -> Parsed:
    """Read true/false, yes/no, y/n or 1/0; bool when none is missing, else pandas' nullable boolean."""
    if column.dtype == bool:
        return column, np.zeros(len(column), dtype=bool)
    if isinstance(column.dtype, pd.BooleanDtype):
        flags = column
    else:
        codes, words = distinct_values(_without_containers(column)[0])  # few distinct words: read each once
        meaning = pd.array([*(_flag_of(word) for word in words), pd.NA], dtype="boolean")
        flags = pd.Series(meaning[codes], index=column.index, name=column.name)
    bad = (flags.isna() & column.notna()).to_numpy()
    return (flags if flags.isna().any() else flags.astype(bool)), bad


def _flag_of(word):
    text = str(word).strip().lower()
    return True if text in TRUE_WORDS else False if text in FALSE_WORDS else pd.NA


def parse_category(column: pd.Series) -> Parsed:
    """Read labels, with surrounding blanks removed; a blank label is missing."""
    if isinstance(column.dtype, pd.CategoricalDtype) and _is_tidy(column.cat.categories):
        return column, np.zeros(len(column), dtype=bool)
    column, containers = _without_containers(column)
    codes, labels = distinct_values(column)
    codes_of_names, names = pd.factorize(
        pd.Index([str(label).strip() or None for label in labels], dtype=object), sort=True
    )
    values = pd.Categorical.from_codes(np.append(codes_of_names, -1)[codes], categories=names)
    return pd.Series(values, index=column.index, name=column.name), containers


def _is_tidy(labels: pd.Index) -> bool:
    return all(isinstance(label, str) and label and label == label.strip() for label in labels)


def distinct_values(column: pd.Series) -> tuple[np.ndarray, list]:
    """Return codes and distinct values; -1 is the code of a missing value."""
    codes, values = pd.factorize(column)
    return codes, list(values)


def label_codes(column: pd.Series) -> tuple[np.ndarray, list]:
    """Return integer codes of a column's labels, and the labels that occur; -1 is the code of a missing label."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes = column.cat.codes.to_numpy()
        used = np.bincount(codes[codes >= 0], minlength=len(column.cat.categories)) > 0
        renumbered = np.append(np.cumsum(used) - 1, -1)  # the last one for missing labels
        return renumbered[codes], list(column.cat.categories[used])
    codes, values = pd.factorize(column, sort=True)
    return codes, list(values)


def _without_containers(column: pd.Series) -> Parsed:
    """Return the column without cells that are lists and the like, and where they were."""
    if column.dtype != object or types.infer_dtype(column) == "string":  # text with gaps needs no second look
        return column, np.zeros(len(column), dtype=bool)
    bad = ~column.map(types.is_hashable).to_numpy(dtype=bool)
    return column.where(~bad, None), bad


def parse_date(column: pd.Series) -> Parsed:
    """Read dates written as YYYY-MM-DD, with or without a time; a time zone is dropped, other orders are refused."""
    if types.is_datetime64_any_dtype(column):
        naive = column.dt.tz_localize(None) if getattr(column.dt, "tz", None) is not None else column
        return naive, np.zeros(len(column), dtype=bool)
    codes, values = distinct_values(_without_containers(column)[0])
    words = [value.isoformat() if hasattr(value, "isoformat") else value for value in values]
    texts = pd.Series([word.strip() if isinstance(word, str) else "" for word in words], dtype=object)
    written = texts.where(texts.str.fullmatch(ISO_DATE)).str.replace(ZONE, "", regex=True)
    dates = pd.to_datetime(written, format="ISO8601", errors="coerce")
    dates = pd.concat([dates, pd.Series([pd.NaT])], ignore_index=True).to_numpy()
    read = pd.Series(dates[codes], index=column.index, name=column.name)
    return read, (read.isna() & column.notna()).to_numpy()


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
    "id": ("can be anything", ""),
    "text": ("can be anything", ""),
    "number": ("must be a number", "Write plain numbers: no currency signs, thousands separators or decimal commas."),
    "count": ("must be a whole number of at least 0", "Write counts as 0, 1, 2, ... and leave unknown ones empty."),
    "category": ("must be a label", "Write one word or number per cell."),
    "flag": ("must be true or false", "Write true/false, yes/no or 1/0, and leave unknown ones empty."),
    "date": ("must be a date", "Write dates as YYYY-MM-DD, and leave the end of active contracts empty."),
}
