"""What does a Parquet file hold? Read by pyarrow, polars or DuckDB, whichever is installed."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

from winback.tables.foreign import arrow_column, to_pandas
from winback.tables.reading import Reading
from winback.tables.sheet_rows import not_a_table

READERS = ("pyarrow", "polars", "duckdb")


def read_parquet(path: Path) -> Reading:
    """Read a Parquet file; without any of its readers one sentence says which to install."""
    reader = next((name for name in READERS if find_spec(name)), None)
    if reader is None:
        remedy = "Install a reader: pip install winback[parquet]; or save it as CSV."
        raise not_a_table(path, "is a Parquet file, and neither pyarrow, polars nor duckdb is installed", remedy)
    try:
        return Reading(_read(reader, path))
    except Exception as error:  # whatever a damaged file makes its reader say
        said = f"cannot be read as a Parquet file ({type(error).__name__})"
        raise not_a_table(path, said, "Write it again, or save it as CSV.") from None


def _read(reader: str, path: Path):
    if reader == "pyarrow":
        return to_pandas(import_module("pyarrow.parquet").read_table(path))
    if reader == "polars":
        return to_pandas(import_module("polars").read_parquet(path))
    database = import_module("duckdb").connect()
    return to_pandas(database.read_parquet(str(path)))


def kinds_in_parquet(path: Path) -> dict[str, str]:
    """Return the name and the kind of each column of a Parquet file: text, number, date or other.

    Nothing where pyarrow is missing, which alone reads columns apart, or the file is damaged or has a name twice.
    """
    if "pyarrow" not in READERS or not find_spec("pyarrow"):
        return {}
    try:
        schema = import_module("pyarrow.parquet").read_schema(path)
    except (OSError, ValueError):  # said by who reads the whole file
        return {}
    kinds = {name: _kind(dtype) for name, dtype in zip(schema.names, schema.types, strict=True)}
    return kinds if len(kinds) == len(schema.names) else {}


def _kind(dtype) -> str:
    arrow = import_module("pyarrow").types
    if arrow.is_dictionary(dtype):
        dtype = dtype.value_type
    if arrow.is_string(dtype) or arrow.is_large_string(dtype):
        return "text"
    if arrow.is_integer(dtype) or arrow.is_floating(dtype):
        return "number"
    is_date = arrow.is_date(dtype) or (arrow.is_timestamp(dtype) and dtype.tz is None)
    return "date" if is_date else "other"


def columns_in_parquet(path: Path, theirs: Mapping[str, str], label: str | None) -> pd.DataFrame:
    """Read columns of a Parquet file, new name -> the file's, one after the other.

    ``label`` is the new name of one of texts that becomes categories: each text is in memory once.
    """
    arrow, made = import_module("pyarrow"), {}
    usual, pool = arrow.default_memory_pool(), arrow.system_memory_pool()
    arrow.set_memory_pool(pool)  # the only one that gives back what a column was read with
    try:
        as_categories = None if label is None else [theirs[label]]
        file = import_module("pyarrow.parquet").ParquetFile(path, read_dictionary=as_categories, pre_buffer=False)
        for name, own in theirs.items():
            cells = file.read([own], use_threads=False).column(0)
            made[name] = _categories(cells) if name == label else arrow_column(cells).array
            del cells
            pool.release_unused()
    finally:
        arrow.set_memory_pool(usual)
    return pd.DataFrame(made, copy=False)


def _categories(cells) -> pd.Categorical:
    """Return texts as categories, in the order in which they stand in the file."""
    whole = cells.unify_dictionaries().combine_chunks()
    codes = whole.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return pd.Categorical.from_codes(codes, pd.Index(whole.dictionary.to_pylist(), dtype=object))
