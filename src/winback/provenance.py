"""What does a reader need to make a report again? The data with their hash, seeds, and the versions of what ran."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import ClassVar

import pandas as pd

from winback.results import Result, Sentences, format_count

PACKAGES = ("winback", "numpy", "scipy", "pandas", "lifelines", "statsmodels", "matplotlib", "seaborn")

MOST_SAID = 3  # items: the data, their rows and their hash


@dataclass(frozen=True, repr=False)
class Provenance(Result):
    """Data, versions and seeds behind a report.

    Examples
    --------
    >>> Provenance.of("A toy", 3, "ab12", [("seed", "7")]).to_frame()["what"].tolist()[:5]
    ['data', 'rows', 'SHA-256 of the data', 'seed', 'Python']
    """

    items: tuple[tuple[str, str], ...]
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {"what": ("What", "text"), "which": ("Which", "text")}

    @classmethod
    def of(cls, source: str, n_rows: int, sha256: str, details=()) -> Provenance:
        """Return the provenance of data of this name and hash, ``details`` being further pairs of what and which."""
        packages = ((name, version(name)) for name in PACKAGES)
        data = (("data", source), ("rows", format_count(n_rows)), ("SHA-256 of the data", sha256), *details)
        return cls((*data, ("Python", python_version()), *packages))

    def to_frame(self) -> pd.DataFrame:
        """Return one row per item: ``what``, ``which``."""
        return pd.DataFrame(self.items, columns=["what", "which"])

    def describe(self) -> Sentences:
        """Say which data these are."""
        return Sentences.of(f"{what}: {which}." for what, which in self.items[:MOST_SAID])

    def details(self) -> Sentences:
        """Say seeds and versions, one line each."""
        return Sentences.of(f"{what}: {which}." for what, which in self.items[MOST_SAID:])


def sha256_of(data: pd.DataFrame | str | Path) -> str:
    """Return the hash of a file, or of a frame's rows in their order.

    Examples
    --------
    >>> sha256_of(pd.DataFrame({"customer_id": [1, 2]}))[:8]
    'ed096330'
    """
    if isinstance(data, pd.DataFrame):
        return hashlib.sha256(pd.util.hash_pandas_object(data, index=False).to_numpy()).hexdigest()
    with Path(data).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
