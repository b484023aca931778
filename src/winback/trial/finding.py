"""What is a finding of a trial's design, and which groups is it about?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from winback.tables import NO_OFFER, label_codes


@dataclass(frozen=True)
class Finding:
    """One check and what it found. Verdicts: ok, note, warning, refused."""

    check: str
    verdict: str
    finding: str


@dataclass(frozen=True)
class Groups:
    """The groups of a trial: their names, sizes and each customer's code."""

    names: list[str]
    codes: np.ndarray  # (n,) position in names
    sizes: np.ndarray  # (k,) customers

    @classmethod
    def of(cls, table: pd.DataFrame) -> Groups:
        """Read the groups from the column ``offer``."""
        codes, names = label_codes(table["offer"])
        return cls([str(name) for name in names], codes, np.bincount(codes, minlength=len(names)))

    @property
    def untreated(self) -> np.ndarray:
        """Who was sent no offer, shape (n,)."""
        return self.codes == (self.names.index(NO_OFFER) if NO_OFFER in self.names else -1)
