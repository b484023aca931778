"""How does a frame of another package become one of pandas? polars, pyarrow, DuckDB and Spark, not imported for it.

Whole numbers stay whole, also beside empty cells and beyond 2**53; decimals become numbers.
"""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd

KNOWN = {
    "polars": ("DataFrame", "LazyFrame"),
    "pyarrow": ("Table", "RecordBatch"),
    "duckdb": ("DuckDBPyRelation",),
    "_duckdb": ("DuckDBPyRelation",),
    "pyspark": ("DataFrame",),
}
IN_CALENDAR = pd.Timestamp.min, pd.Timestamp.max  # of pandas, whose dates count nanoseconds


def is_foreign(thing: object) -> bool:
    """Say whether this is a frame of polars, pyarrow, DuckDB or Spark."""
    kind = type(thing)
    return kind.__name__ in KNOWN.get(kind.__module__.partition(".")[0], ())


def as_pandas(thing):
    """Return a frame of polars, pyarrow or DuckDB as one of pandas, and all else as it is.

    Examples
    --------
    >>> as_pandas([1000, 869, 743])
    [1000, 869, 743]
    """
    return to_pandas(thing) if is_foreign(thing) else thing


def to_pandas(thing: object) -> pd.DataFrame:
    """Return a frame of polars, pyarrow or DuckDB as one of pandas; nothing is changed on the way."""
    maker = type(thing).__module__.partition(".")[0].strip("_")
    if maker == "polars":
        frame = thing.collect() if hasattr(thing, "collect") else thing
        columns = [(name, frame[name].dtype, frame[name].to_list()) for name in frame.columns]
        return _framed([(name, _kind_of(str(dtype)), cells) for name, dtype, cells in columns])
    if maker == "pyarrow":
        columns = zip(thing.schema.names, thing.columns, strict=True)
        return _side_by_side([(name, arrow_column(cells)) for name, cells in columns])
    if maker == "pyspark":
        cells = list(zip(*thing.collect(), strict=True)) or [()] * len(thing.columns)
        kinds = [_kind_of(kind) for _, kind in thing.dtypes]
        return _framed(list(zip(thing.columns, kinds, map(list, cells), strict=True)))
    rows = thing.fetchall()
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(thing.columns)
    kinds = [_kind_of(str(dtype)) for dtype in thing.types]
    return _framed(list(zip(thing.columns, kinds, map(list, columns), strict=True)))


def _kind_of(dtype: str) -> str:
    """Return what a column holds by its type's name in any of the three: whole, number, flag, date or other."""
    name = dtype.lower()
    if name.startswith(("list", "struct", "array", "map", "union")) or name.endswith("[]"):
        return "other"
    if name.startswith(("int", "uint", "bigint", "hugeint", "uhugeint", "smallint", "tinyint", "ubigint", "uinteger")):
        return "other" if name.startswith("interval") else "whole"
    if name.startswith(("usmallint", "utinyint")):
        return "whole"
    if name.startswith("decimal"):
        return "decimal"
    if name.startswith(("float", "double", "halffloat")):
        return "number"
    if name.startswith("bool"):
        return "flag"
    return "date" if name.startswith(("date", "timestamp")) else "other"


def arrow_column(cells) -> pd.Series:
    """Return a column of pyarrow: numbers and dates as they lie in memory, all else cell by cell."""
    dtype = str(cells.type)
    kind = _kind_of(dtype)
    if kind == "number" or (kind == "whole" and cells.null_count == 0 and dtype != "uint64"):
        return pd.Series(_at_once(cells)).astype("float64" if kind == "number" else "int64", copy=False)
    if kind == "date" and "tz=" not in dtype:
        days = pd.Series(_at_once(cells))
        if days.isna().all() or IN_CALENDAR[0] < days.min() <= days.max() < IN_CALENDAR[1]:
            return days.astype("datetime64[ns]", copy=False)
    return _column(kind, cells.to_pylist())


def _at_once(cells) -> np.ndarray:
    """Return cells as one array; pyarrow asks for leave to copy where they are not one already."""
    return cells.to_numpy() if hasattr(cells, "chunks") else cells.to_numpy(zero_copy_only=False)


def _framed(columns: list[tuple[str, str, list]]) -> pd.DataFrame:
    return _side_by_side([(name, _column(kind, cells)) for name, kind, cells in columns])


def _side_by_side(columns: list[tuple[str, pd.Series]]) -> pd.DataFrame:
    frame = pd.concat([column for _, column in columns], axis=1, copy=False) if columns else pd.DataFrame()
    return frame.set_axis([name for name, _ in columns], axis=1)


def _column(kind: str, cells: list) -> pd.Series:
    missing = any(cell is None for cell in cells)
    if kind == "decimal":
        there = [cell for cell in cells if cell is not None]
        whole = all(isinstance(cell, Decimal) and cell.as_tuple().exponent >= 0 for cell in there)
        if not whole:
            return pd.Series([np.nan if cell is None else float(cell) for cell in cells], dtype="float64")
        cells, kind = [None if cell is None else int(cell) for cell in cells], "whole"
    if kind == "whole":
        return _whole(cells, missing)
    if kind == "number":
        return pd.Series(cells, dtype="float64")
    if kind == "flag":
        return pd.Series(cells, dtype="boolean" if missing else "bool")
    if kind == "date":
        return _dates(cells)
    return pd.Series(cells, dtype=object)


def _whole(cells: list, missing: bool) -> pd.Series:
    there = [cell for cell in cells if cell is not None]
    if there and not -(2**63) <= min(there) <= max(there) < 2**63:
        return pd.Series([None if cell is None else str(cell) for cell in cells], dtype=object)  # as written
    return pd.Series(cells, dtype="Int64" if missing else "int64")


def _dates(cells: list) -> pd.Series:
    """Return days or moments; one beyond pandas' calendar keeps the column as it was."""
    try:
        return pd.to_datetime(pd.Series(cells, dtype=object)).astype("datetime64[ns]")
    except (ValueError, OverflowError, TypeError):
        return pd.Series(cells, dtype=object)
