"""What did each customer write or say when leaving? Exit texts from a column, a list, or a table's `exit_text`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from numbers import Number
from pathlib import Path

import numpy as np
import pandas as pd

from winback.tables import (
    LAPSED,
    LAPSED_TABLE,
    AnyTable,
    HasTables,
    Problem,
    ProblemList,
    TableError,
    as_table,
    label_text,
)
from winback.tables.column_checks import refuse_other_than_frame
from winback.tables.foreign import is_foreign
from winback.tables.headings import shared_names
from winback.tables.likeness import matched, to_choose_from
from winback.tables.parsed import distinct_values, without_containers
from winback.tables.reading import Reading

COLUMNS = tuple(column for column in LAPSED if column.name in ("customer_id", "exit_text"))
WHAT = "exit texts"


@dataclass(frozen=True, eq=False)
class ExitTexts:
    """Texts as codes of distinct texts, and the table they stand in, where there is one."""

    codes: np.ndarray  # (n,) which distinct text; -1 where nothing was said
    distinct: list[str]  # without surrounding blanks
    table: pd.DataFrame | None = None  # the analyst's own
    ids: pd.Series | None = None
    notes: tuple[str, ...] = ()


def read_exit_texts(texts: AnyTable | Iterable) -> ExitTexts:
    """Return the exit texts of a table, a column or a list, or raise one error with every problem."""
    if isinstance(texts, pd.DataFrame | str | Path | HasTables) or is_foreign(texts):
        return _of_table(as_table(texts, LAPSED_TABLE))
    if isinstance(texts, bytes | Mapping) or not isinstance(texts, Iterable) or getattr(texts, "ndim", 1) != 1:
        remedy = "Give a table with a column `exit_text`, a column, or a list of texts."
        raise TableError(WHAT, [Problem("texts", f"must be texts, not {type(texts).__name__}", 0, "", remedy)])
    column = texts if isinstance(texts, pd.Series) else pd.Series(list(texts), dtype=object)
    return _of_column(column.reset_index(drop=True).rename("exit_text"), pd.DataFrame())


def _of_table(table: pd.DataFrame) -> ExitTexts:
    refuse_other_than_frame(table, LAPSED_TABLE)
    reading = matched(Reading(table), COLUMNS)
    problems = ProblemList(LAPSED_TABLE, reading.frame)
    problems.found += [*reading.problems, *shared_names(reading.frame.columns, [column.name for column in COLUMNS])]
    if "exit_text" not in reading.frame and not problems.found:
        remedy = f"Add it (what the customer said when leaving). {to_choose_from('exit_text', table.columns)}"
        problems.add("exit_text", "is missing from the table", remedy)
    problems.raise_if_any()
    frame = reading.frame.reset_index(drop=True)
    found = _of_column(frame["exit_text"], frame)
    return ExitTexts(found.codes, found.distinct, table, frame.get("customer_id"), reading.notes)


def _is_visible(text: str) -> bool:
    """Say whether there is more in a text than blanks and signs without a width."""
    return any(sign.isprintable() and not sign.isspace() for sign in text)


def ids_of(table: pd.DataFrame) -> pd.Series | None:
    """Return whose rows a table has, under whatever name; None where nothing says it."""
    return matched(Reading(table), COLUMNS[:1]).frame.get("customer_id")


def _of_column(column: pd.Series, frame: pd.DataFrame) -> ExitTexts:
    """Read a column of texts; numbers are the texts they are written as, what is blank was not said."""
    problems = ProblemList(WHAT, column.to_frame() if frame.empty else frame)
    if column.empty:
        problems.add("exit_text", "has no rows", "Check that the right file was exported.")
    cells, unread = without_containers(column)
    codes, values = distinct_values(cells)
    is_text = np.array([isinstance(value, str | Number) for value in values] + [True], dtype=bool)
    problems.add_rows("exit_text", unread | ~is_text[codes], "must be text", "Write one text per cell.")
    problems.raise_if_any()
    texts = [text if text and _is_visible(text) else None for text in map(label_text, values)]
    numbers, distinct = pd.factorize(np.array([*texts, None], dtype=object))
    return ExitTexts(numbers[codes], list(distinct))
