"""How is a valid call damaged? Tables and arguments, one fault at a time, drawn from a seed."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Callable

import numpy as np
import pandas as pd

CELLS = [
    np.nan, None, pd.NA, pd.NaT, np.inf, -np.inf, 0, -1, 1, 0.5, 1e308, -1e308, 1e-320, 10**30, True, False,
    "", " ", "x",
    "none", "nan", "1,5", "1.5", "12 €", "-", "#N/A", "=1+1", "9999-12-31", "2024-02-30", b"x", 1j, [1],
    {"a": 1}, (1, 2),
    datetime.date(2024, 1, 1), pd.Timestamp("1900-01-01"), pd.Timedelta(1, "D"), decimal.Decimal("1.5"),
    np.float32(2.5),
    np.int8(3), "é\u202e\x00", "a" * 3_000, object(),
    "太贵了，服务也差", "خیلی گران است", "ძალიან ძვირია", "слишком дорого…", "ราคาแพงเกินไป", "לא בגלל המחיר",
    "बहुत महंगा", "👎🏽💸", "\U0001f469\u200d\U0001f467", "e\u0301" * 20, "price; service", "\u200b", "\n\t",
    ("too expensive, and nobody answers " * 7)[:200],
]  # fmt: skip
KINDS = ["object", "str", "string", "category", "float32", "Float64", "Int64", "bool", "datetime64[ns]", "complex"]
NAMES = [
    "",
    " ",
    "offer ",
    "Offer",
    "customer_id",
    "value",
    "0",
    0,
    None,
    ("a", "b"),
    "=cmd",
    "a" * 400,
    "_repr_html_",
    "\n",
]
VALUES = [
    None, "", "x", "none", "level", -1, 0, 1, 2, 0.5, 0.95, 1.5, -0.1, np.nan, np.inf, 1e308, 10**30, True,
    False, [], [1],
    [None], ["x"], ["reason"], (), (0.1, 0.2), {}, {"a": 1}, {"price": "call"}, {None: None}, set(), b"x", 1j,
    object(), len,
    np.array([1.0, 2.0]), np.float64(0.5), np.int64(3), np.array("x"), pd.Series([1.0]), pd.DataFrame(),
    pd.DataFrame({"customer_id": [1]}), pd.NaT, pd.Timestamp("2024-01-01"), datetime.date(2024, 1, 1), float, range(3),
    iter([1]), "2024-01-01", "offer + zzz", "offer + ", "1 + bs(months_away, df=4)", "C(offer)", decimal.Decimal("0.5"),
    "99Y", "0M", "-3M", "1e9D", {"price": ["/(a+)+$/"]}, {"price": "*"}, "a" * 5_000,
]  # fmt: skip

PATTERNS = [
    "", "*", "**", "a*b*c", "/", "//", "/(/", "/[a-/", "/(a+)+$/", "/(?<=a)b/", r"/\1/", "/a{1,99999}/", "/.*/", "/^/",
    "(|)", "((a)", "a|", "/\u0660+/", "价格*", "قیمت", "👎", "e\u0301", "\x00", "not the price but", "a" * 5_000,
]  # fmt: skip

INSIDE = [each for each in (*PATTERNS, *CELLS, *VALUES) if " at 0x" not in repr(each)]  # a copy of those is another one


def pick(rng: np.random.Generator, among: list):
    """Return one of several things, whatever they are."""
    return among[int(rng.integers(len(among)))]


def _some_cells(table: pd.DataFrame, rng: np.random.Generator, share: float | None) -> pd.DataFrame:
    name, cell = pick(rng, list(table.columns)), pick(rng, CELLS)
    rows = np.zeros(len(table), dtype=bool)
    if len(table):
        rows[rng.integers(len(table))] = True
        rows |= rng.random(len(table)) < (share or 0.0)
    cells = [cell if hit else old for hit, old in zip(rows, table[name], strict=True)]
    return table.assign(**{name: pd.Series(cells, index=table.index, dtype=object)}) if isinstance(name, str) else table


def _as_other(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    name = pick(rng, list(table.columns))
    kind = pick(
        rng, ["object", "str", "string", "category", "float32", "Float64", "Int64", "bool", "datetime64[ns]", "complex"]
    )
    try:
        return table.assign(**{name: table[name].astype(kind)})
    except (TypeError, ValueError, OverflowError):
        return table.assign(**{name: table[name].astype(object)})


def _other_index(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    n, which = len(table), int(rng.integers(5))
    index = [
        pd.Index(np.zeros(n, dtype=int)),
        pd.MultiIndex.from_arrays([range(n), range(n)]),
        pd.Index(range(n), name="offer"),
        pd.date_range("2024-01-01", periods=n),
        pd.Index([None] * n, dtype=object),
    ][which]
    return table.set_axis(index)


TABLES: dict[str, Callable] = {
    "a cell": lambda table, rng: _some_cells(table, rng, None),
    "some cells": lambda table, rng: _some_cells(table, rng, 0.1),
    "a whole column": lambda table, rng: _some_cells(table, rng, 1.0),
    "no column": lambda table, rng: table.drop(columns=pick(rng, list(table.columns))),
    "a column twice": lambda table, rng: pd.concat([table, table[[pick(rng, list(table.columns))]]], axis=1),
    "another name": lambda table, rng: table.rename(columns={pick(rng, list(table.columns)): pick(rng, NAMES)}),
    "one column more": lambda table, rng: pd.concat(
        [table, pd.Series([pick(rng, CELLS)] * len(table), index=table.index, name=pick(rng, NAMES), dtype=object)],
        axis=1,
    ),
    "another kind": _as_other,
    "no rows": lambda table, rng: table.iloc[:0],
    "few rows": lambda table, rng: table.head(int(rng.integers(1, 8))),
    "rows twice": lambda table, rng: pd.concat([table, table.head(int(rng.integers(1, 30)))]),
    "rows in another order": lambda table, rng: table.sample(frac=1, random_state=int(rng.integers(1000))),
    "another index": _other_index,
    "all alike": lambda table, rng: pd.concat([table.head(1)] * 30),
    "headings in two rows": lambda table, rng: table.set_axis(
        pd.MultiIndex.from_arrays([table.columns, table.columns]), axis=1
    ),
    "turned": lambda table, rng: table.T,
    "no table": lambda table, rng: pick(rng, VALUES),
    "its array": lambda table, rng: table.to_numpy(),
    "its rows": lambda table, rng: table.head(5).to_dict("records"),
}


def damaged_table(table: pd.DataFrame, rng: np.random.Generator) -> tuple[str, object]:
    """Return what was done to a table, and the table."""
    what = pick(rng, list(TABLES))
    return what, TABLES[what](table.copy(), rng)


def damaged_inside(value, rng: np.random.Generator):
    """Return a copy of nested mappings and lists in which one thing, however deep, is another one, gone or twice."""
    if not isinstance(value, dict | list) or not value or rng.random() < 0.15:
        return pick(rng, INSIDE)
    keys = list(value) if isinstance(value, dict) else range(len(value))
    key, what = pick(rng, list(keys)), rng.random()
    inside = dict(value) if isinstance(value, dict) else list(value)
    if what < 0.1:
        del inside[key]
    elif what < 0.2 and isinstance(value, dict):
        inside[pick(rng, NAMES)] = inside.pop(key)
    elif what < 0.3 and isinstance(value, list):
        inside.append(inside[key])
    else:
        inside[key] = damaged_inside(inside[key], rng)
    return inside


def damaged_arguments(call, rng: np.random.Generator) -> tuple[str, dict]:
    """Return what was done to a call, and the arguments to make it with instead."""
    if call.tables and rng.random() < 0.7:
        name = pick(rng, call.tables)
        what, table = damaged_table(call.arguments[name], rng)
        return f"{name}: {what}", {name: table}
    nested = [name for name, value in call.arguments.items() if isinstance(value, dict) and value]
    if nested and rng.random() < 0.6:
        name = pick(rng, nested)
        inside = damaged_inside(call.arguments[name], rng)
        return f"{name} = {str(inside)[:300]!r}", {name: inside}
    name = pick(rng, list(call.arguments)) if rng.random() < 0.97 and call.arguments else "no_such_argument"
    value = pick(rng, VALUES)
    return f"{name} = {type(value).__name__} {str(value)[:40]!r}", {name: value}
