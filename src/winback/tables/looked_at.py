"""What was looked at in a table, and what could not be? "No problem found" says no more than this."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import pandas as pd

from winback.tables.columns import Column
from winback.tables.likeness import bare_name
from winback.tables.no_contact import is_mark

BY_KIND = {
    "id": "ids are there and can be told apart",
    "number": "numbers",
    "count": "whole numbers from 0",
    "flag": "yes or no",
    "category": "labels",
    "date": "dates that exist",
    "text": "text, not looked into",
}
MOST_NAMED = 12


def looked_at(
    frame: pd.DataFrame, columns: Iterable[Column], headings: Mapping[str, str] = MappingProxyType({})
) -> list[str]:
    """Say column by column what was checked, which columns were left as they are, and which are not there.

    Examples
    --------
    >>> from winback.tables import PURCHASES
    >>> for line in looked_at(pd.DataFrame({"customer_id": [1], "shop": ["web"]}), PURCHASES):
    ...     print(line)
    Looked at: customer_id (ids are there and can be told apart).
    Not looked at, and kept as they are: shop.
    Not there, so nothing was checked: date, amount.
    """
    columns = list(columns)
    there = [column for column in columns if column.name in frame]
    known = {column.name for column in columns}
    others = [str(name) for name in frame if name not in known]
    absent = [column.name for column in columns if column.name not in frame]
    lines = [f"Looked at: {', '.join(f'{_called(column, headings)} ({_checked(column)})' for column in there)}."]
    if others:
        more = f" and {len(others) - MOST_NAMED} more" if len(others) > MOST_NAMED else ""
        lines.append(f"Not looked at, and kept as they are: {', '.join(others[:MOST_NAMED])}{more}.")
    if absent:
        lines.append(f"Not there, so nothing was checked: {', '.join(absent)}.")
    return lines


def yes_or_no(frame: pd.DataFrame, flags: Iterable[str] = ()) -> list[Column]:
    """Return the columns that say who is never contacted, and those called like ``flags``, in letters only.

    Examples
    --------
    >>> table = pd.DataFrame(columns=["Deceased", "Consent call", "shop"])
    >>> [column.name for column in yes_or_no(table, ["consent_call"])]
    ['Deceased', 'Consent call']
    """
    asked = {bare_name(flag) for flag in flags}
    return [Column(str(name), "flag", "", "") for name in frame if is_mark(name) or bare_name(name) in asked]


def _called(column: Column, headings: Mapping[str, str]) -> str:
    own = headings.get(column.name, column.name)
    return own if own == column.name else f'"{own}" as {column.name}'


def _checked(column: Column) -> str:
    bounds = ((">", column.above), ("at least", column.at_least), ("at most", column.at_most))
    said = [f"{sign} {bound:g}" for sign, bound in bounds if bound is not None]
    unit = f" of {column.unit}" if column.unit and column.kind == "number" else ""
    return ", ".join([BY_KIND[column.kind] + unit, *said])
