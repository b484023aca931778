"""Does this column hold what its name promises? One parser per kind of column.

A parser takes a column as the analyst has it, and how numbers and dates are written where the cells do not tell. It
returns the typed column and a mask of the values it could not read. Missing values stay missing; whether they are
allowed is a matter of the table.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from winback.tables.broken_cells import broken_cells
from winback.tables.dates import parse_date
from winback.tables.ids import parse_id
from winback.tables.numbers import parse_number
from winback.tables.parsed import (
    AS_THE_CELLS_TELL,
    Parsed,
    Written,
    distinct_values,
    nothing_unread,
    without_containers,
)
from winback.tables.problems import ProblemList
from winback.tables.words import ENGLISH, FALSE_WORDS, MARKS, TRUE_WORDS

LARGEST_COUNT = 2**53  # beyond it a float no longer counts one by one


def parse_count(column: pd.Series, written: Written = AS_THE_CELLS_TELL) -> Parsed:
    """Read whole numbers of at least zero; int64 when none is missing."""
    if column.dtype == np.int64:
        return Parsed(column, (column < 0).to_numpy())
    read = parse_number(column, written)
    values, bad, numbers = read.column, read.unread, read.column.to_numpy()
    whole = np.floor(numbers) == numbers
    bad = bad | ~np.isnan(numbers) & ~(whole & (numbers >= 0) & (numbers <= LARGEST_COUNT))
    known = not (bad.any() or np.isnan(numbers).any())
    return read._replace(column=values.astype("int64") if known else values, unread=bad)


def parse_flag(column: pd.Series, written: Written = AS_THE_CELLS_TELL) -> Parsed:
    """Read true/false, yes/no or 1/0, also in other languages; bool when none is missing, else nullable boolean.

    A blank cell is missing, as it is in a file.
    """
    if column.dtype == bool:
        return Parsed(column, nothing_unread(column))
    said: tuple[str, ...] = ()
    if isinstance(column.dtype, pd.BooleanDtype):
        flags, blank = column, nothing_unread(column)
    else:
        codes, words = distinct_values(without_containers(column)[0])  # few distinct words: read each once
        last = pd.NA
        if words and all(_bare(word) in MARKS | {""} for word in words) and any(_bare(word) for word in words):
            marked, last = [bool(_bare(word)) for word in words], False
            said = ("a mark is yes, an empty cell no",)
        else:
            marked = [_flag_of(word) for word in words]
            foreign = [_bare(word) for word in words if _bare(word) in (TRUE_WORDS | FALSE_WORDS) - ENGLISH]
            said = (f"{' and '.join(sorted(set(foreign)))} read as yes or no",) if foreign else ()
        meaning = pd.array([*marked, last], dtype="boolean")
        flags = pd.Series(meaning[codes], index=column.index, name=column.name)
        blank = np.array([*(isinstance(word, str) and not word.strip() for word in words), False])[codes]
    bad = (flags.isna() & column.notna()).to_numpy() & ~blank
    return Parsed(flags if flags.isna().any() else flags.astype(bool), bad, said)


def _bare(word) -> str:
    return str(word).strip().lower()


def _flag_of(word):
    text = _bare(word)
    return True if text in TRUE_WORDS else False if text in FALSE_WORDS else pd.NA


def parse_category(column: pd.Series, written: Written = AS_THE_CELLS_TELL) -> Parsed:
    """Read labels, with surrounding blanks removed; a blank label is missing, a whole float is the whole number's."""
    if isinstance(column.dtype, pd.CategoricalDtype) and _is_tidy(column.cat.categories):
        return Parsed(column, nothing_unread(column))
    column, unread = without_containers(column)
    codes, labels = distinct_values(column)
    names = pd.Series([label_text(label) for label in labels], dtype=object)
    for rows, _, _ in broken_cells(names):
        unread = unread | np.append(rows, False)[codes]
    codes_of_names, names = pd.factorize(pd.Index(names, dtype=object), sort=True)
    values = pd.Categorical.from_codes(np.append(codes_of_names, -1)[codes], categories=names)
    return Parsed(pd.Series(values, index=column.index, name=column.name), unread)


def label_text(label) -> str | None:
    """Return a label as text, whatever other cells made of its column: 1.0 is "1"; a blank one is missing.

    Examples
    --------
    >>> label_text(1.0), label_text(" north "), label_text(1.5), label_text(" ")
    ('1', 'north', '1.5', None)
    """
    whole = isinstance(label, float | np.floating) and float(label).is_integer() and abs(label) <= LARGEST_COUNT
    return str(int(label) if whole else label).strip() or None


def _is_tidy(labels: pd.Index) -> bool:
    return all(isinstance(label, str) and label and label == label.strip() for label in labels)


def label_codes(column: pd.Series) -> tuple[np.ndarray, list]:
    """Return integer codes of a column's labels, and the labels that occur; -1 is the code of a missing label."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes = column.cat.codes.to_numpy()
        used = np.bincount(codes[codes >= 0], minlength=len(column.cat.categories)) > 0
        renumbered = np.append(np.cumsum(used) - 1, -1)  # the last one for missing labels
        return renumbered[codes], list(column.cat.categories[used])
    try:
        codes, values = pd.factorize(column, sort=True)
    except TypeError:  # labels of several types, which have no order of their own
        _refuse_containers(column)
        codes, values = pd.factorize(column)
        order = sorted(range(len(values)), key=lambda place: (type(values[place]).__name__, str(values[place])))
        codes, values = np.append(np.argsort(order), -1)[codes], [values[place] for place in order]
    return codes, list(values)


def _refuse_containers(column: pd.Series) -> None:
    """Raise a TableError if cells are lists or the like, which are no labels."""
    problems = ProblemList("table", column.to_frame())
    problems.add_rows(column.name, without_containers(column)[1], *WHAT_IS_READ["category"])
    problems.raise_if_any()


def parse_text(column: pd.Series, written: Written = AS_THE_CELLS_TELL) -> Parsed:
    """Keep free text as it is."""
    return Parsed(column, nothing_unread(column))


PARSERS: dict[str, Callable[[pd.Series, Written], Parsed]] = {
    "id": parse_id,
    "number": parse_number,
    "count": parse_count,
    "flag": parse_flag,
    "category": parse_category,
    "date": parse_date,
    "text": parse_text,
}

WHAT_IS_READ = {
    "id": (
        "must be an id",
        "Write one number or word per cell; ids that a float made alike must be read again, as text.",
    ),
    "text": ("can be anything", ""),
    "number": ("must be a number", "Write numbers, and leave unknown ones empty."),
    "count": ("must be a whole number of at least 0", "Write counts as 0, 1, 2, ... and leave unknown ones empty."),
    "category": ("must be a label", "Write one word or number per cell."),
    "flag": ("must be true or false", "Write true/false, yes/no or 1/0, and leave unknown ones empty."),
    "date": ("must be a date", "Write dates as YYYY-MM-DD, and leave cells without one empty."),
}
