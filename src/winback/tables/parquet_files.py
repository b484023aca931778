"""What does a Parquet file hold? Read by pyarrow, polars or DuckDB, whichever is installed."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from winback.tables.foreign import to_pandas
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
