"""How is a log read that lies in a Parquet file? Column by column, when asked, and nothing of it is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from winback.tables.ids import whole_numbers
from winback.tables.parquet_files import columns_in_parquet, kinds_in_parquet
from winback.tables.reading import Reading
from winback.tables.types_found import with_types


@dataclass(frozen=True)
class LogInFile:
    """A log of purchases in a Parquet file; it lists its columns under winback's names."""

    path: Path
    theirs: Mapping[str, str]  # winback's name of a column -> the file's
    kinds: Mapping[str, str]  # of the file's columns, see `kinds_in_parquet`

    @classmethod
    def at(cls, path: str | Path) -> LogInFile | None:
        """Return the log in a file, under the file's names; None where its columns cannot be read apart."""
        path = Path(path)
        kinds = kinds_in_parquet(path) if path.suffix.lower() in (".parquet", ".pq") and path.is_file() else {}
        return cls(path, {name: name for name in kinds}, kinds) if kinds else None

    def __iter__(self) -> Iterator[str]:
        """Give the names of the columns, as frames do."""
        return iter(self.theirs)

    def kind(self, name: str) -> str | None:
        """Return what a column holds: text, number, date or other; None where there is no such column."""
        return self.kinds.get(self.theirs.get(name))

    def columns(self, customer: str, *others: str) -> pd.DataFrame:
        """Read some columns; ids of text are categories, or whole numbers where these give every text back."""
        theirs = {name: self.theirs[name] for name in (customer, *others) if name in self.theirs}
        is_text = self.kind(customer) == "text"
        frame = columns_in_parquet(self.path, theirs, customer if is_text else None)
        for name in [name for name in others if self.kind(name) == "text"]:
            frame[name] = with_types(Reading(frame[[name]])).frame[name]
        if is_text:
            frame[customer] = _as_numbers(frame[customer])
        return frame


def _as_numbers(labels: pd.Series) -> pd.Series:
    """Return ids as whole numbers where a file of text would hold such, see `with_types`."""
    codes, typed = labels.cat.codes.to_numpy(), whole_numbers(pd.Series(labels.cat.categories))
    if typed is None:
        return labels
    if (codes < 0).any():
        return pd.Series(typed.astype("Int64").array.take(codes, allow_fill=True))
    return pd.Series(typed.to_numpy()[codes])
