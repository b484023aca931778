"""Which rows of a file are the table's? Below titles, above totals and remarks, without empty rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from winback.tables.headings import shared_names
from winback.tables.likeness import names_columns
from winback.tables.problems import Problem, TableError

NO_HEADING = (-1, 0)
LOOKED_AT = 50  # rows in which a heading is looked for; titles are shorter
NUMBER = re.compile(r"\s*[-+(]?\s*[€$£]?\s*\d[\d.,' \u00a0]*\s*(?:%|€|\$|£|[A-Z]{3})?\)?\s*")
TOTAL = (
    r"\s*(?:grand |sub)?totals?|sum|sums|summe|summen|gesamt|gesamtsumme|zwischensumme|insgesamt|total general|totale|"
    r"totaux|suma|soma|totaal|razem|łącznie|summa"
)
ANY_TOTAL = re.compile(rf"^(?:{TOTAL})", re.IGNORECASE | re.MULTILINE)
TOTALS = rf"(?i)(?:{TOTAL})(?:\s*[:=(].*)?\s*"


def heading_row(rows: Sequence[Sequence[str]]) -> tuple[int, tuple[int, int]]:
    """Return which row is the heading, and how well the rows below fit it; the first one where nothing is found.

    A row is a heading if its cells are words and the rows below are as long; rows above it, the titles, fill at most
    half of its cells, or it names columns that are known and they do not.

    Examples
    --------
    >>> heading_row([["Campaign 2024"], ["id", "offer", "back"], ["1", "none", "no"], ["2", "call", "yes"]])[0]
    1
    """
    rows = rows[:LOOKED_AT]
    found, best = 0, NO_HEADING
    for place, row in enumerate(rows):
        width = len(_trimmed(row))
        titles = rows[:place]
        titles_are_short = all(_n_filled(title) <= width / 2 for title in titles) or (
            names_columns(row) and not any(map(names_columns, titles))
        )
        if width < 2 or not titles_are_short or not _is_heading(row):
            continue
        fits = width * sum(len(_trimmed(below)) > width / 2 for below in rows[place + 1 :])
        if (names_columns(row), fits) > best:
            found, best = place, (int(names_columns(row)), fits)
    return found, best


def _trimmed(row: Sequence[str]) -> list[str]:
    cells = list(row)
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def _n_filled(row: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)


def _is_heading(row: Sequence[str]) -> bool:
    cells = _trimmed(row)
    return _n_filled(cells) > len(cells) / 2 and not any(NUMBER.fullmatch(cell) for cell in cells)


def named(path: Path, rows: pd.DataFrame, names: list[str]) -> tuple[pd.DataFrame, list[str], list[Problem]]:
    """Give rows their own headings, without blanks around; columns without heading are told, empty ones dropped."""
    notes, problems = [], []
    names = [_tidy(name) for name in names]
    kept = kept_columns(rows, names)
    if any(not names[place] for place in kept):
        remedy = "Name every column, or delete the empty ones."
        problems.append(Problem(path.name, "has a column without a heading", 0, "", remedy))
    problems += shared_names(filter(None, names))
    own: list[str] = []
    for place in kept:
        name = names[place] or f"column {place + 1}"
        own.append(name if name not in own else f"{name} ({place + 1})")
    return rows.iloc[:, kept].set_axis(own, axis=1), notes, problems


def kept_columns(rows: pd.DataFrame, names: list[str]) -> list[int]:
    """Return the positions of the columns that have a heading, or cells."""
    return [place for place, name in enumerate(names) if _tidy(name) or rows.iloc[:, place].notna().any()]


def _tidy(name: str) -> str:
    return re.sub(r"\s+", " ", name.replace("\ufeff", "")).strip()


def without_odd_rows(rows: pd.DataFrame, first: int, word: str) -> tuple[pd.DataFrame, list[str]]:
    """Leave out empty rows, totals and remarks below the table, and say which; the index stays.

    ``first`` is the number of the first row.
    """
    notes = []
    empty = rows.isna().all(axis=1).to_numpy()
    inside = empty & (np.arange(len(rows)) < _last(~empty))
    if inside.any():
        notes.append(f"{_counted(inside, 'empty row', first, word)} left out.")
    totals = _totals(rows) & ~empty
    if totals.any():
        shown = str(rows[totals].iloc[0].dropna().iloc[0]).strip()
        notes.append(f"{_counted(totals, 'row of totals', first, word, shown)} left out.")
    remarks = _remarks(rows, ~empty & ~totals)
    if remarks.any():
        shown = str(rows[remarks].iloc[0].dropna().iloc[0]).strip()
        notes.append(f'Below the table, "{shown[:60]}" was taken for a remark and left out.')
    kept = ~(empty | totals | remarks)
    return rows[kept], notes


def _last(rows: np.ndarray) -> int:
    return int(np.flatnonzero(rows)[-1]) if rows.any() else 0


def _counted(rows, noun, first, word, shown="") -> str:
    n = int(rows.sum())
    plural = noun if n == 1 else noun.replace("row", "rows", 1)
    more = f', "{shown}"' if shown else ""
    return f"{n:,} {plural} ({word} {first + int(rows.argmax())}{more}) {'was' if n == 1 else 'were'}"


def _totals(rows: pd.DataFrame) -> np.ndarray:
    """Mark rows whose first column says total, or, of the last ones, the first cell that is filled."""
    texts = [cell if isinstance(cell, str) else "" for cell in rows.iloc[:, 0]]
    found = np.zeros(len(rows), dtype=bool)
    if ANY_TOTAL.search("\n".join(texts)):  # one look at all cells; hardly any table has such a row
        found[:] = [bool(re.fullmatch(TOTALS, text)) for text in texts]
    for place in range(max(0, len(rows) - 3), len(rows)):
        cells = rows.iloc[place].dropna()
        found[place] |= len(cells) > 0 and bool(re.fullmatch(TOTALS, str(cells.iloc[0])))
    return found


def _remarks(rows: pd.DataFrame, candidates: np.ndarray) -> np.ndarray:
    """Mark the last rows that fill only their first cell, with words, where no other row has words there."""
    found = np.zeros(len(rows), dtype=bool)
    if rows.shape[1] < 3:
        return found
    first = rows.iloc[:, 0]
    for place in range(len(rows) - 1, max(-1, len(rows) - 6), -1):
        alone = isinstance(first.iloc[place], str) and rows.iloc[place].notna().sum() == 1
        if candidates[place] and not (alone and re.search(r"[ :]", first.iloc[place].strip())):
            break
        found[place] = candidates[place]
    if not found.any():
        return found
    others = first[~found & candidates].map(lambda cell: isinstance(cell, str) and " " in cell.strip())
    return found if not others.any() else np.zeros(len(rows), dtype=bool)


def not_a_table(path: Path, problem: str, remedy: str) -> TableError:
    """Return the error that says why a file holds no table."""
    return TableError("file", [Problem(path.name, problem, 0, "", remedy)])
