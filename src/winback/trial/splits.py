"""How are customers split, so that nothing is judged on those it was learned from? `Splits`"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from winback.doors import door_of_settings


@door_of_settings
@dataclass(frozen=True)
class Splits:
    """How customers are dealt into folds, and how often anew.

    Parameters
    ----------
    folds : int
        Number of folds, at least 3: one is judged, and predictions to learn from leave out another.
    repeats : int
        Splits into folds. What is learned from some folds depends on the others, so that gains of different folds go
        together, which only the spread over splits shows: of intervals from one split fewer hold than say so. Ten are
        enough; descriptions say so where there are fewer.
    rng : int, Generator or None
        Seed of the splits.

    Examples
    --------
    >>> Splits(repeats=2)
    Splits(folds=5, repeats=2, rng=0)
    """

    folds: int = 5
    repeats: int = 10
    rng: int | np.random.Generator | None = 0

    def __post_init__(self):
        if isinstance(self.folds, bool) or not isinstance(self.folds, int | np.integer) or self.folds < 3:
            raise ValueError(f"folds must be a whole number of at least 3; got {self.folds!r}.")
        if isinstance(self.repeats, bool) or not isinstance(self.repeats, int | np.integer) or self.repeats < 1:
            raise ValueError(f"repeats must be a whole number of at least 1; got {self.repeats!r}.")
