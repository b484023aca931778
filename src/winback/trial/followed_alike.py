r"""Which customers were followed alike? The groups within which a curve of staying may be estimated.

The Kaplan-Meier curve of an arm supposes that how long a customer was followed tells nothing of how long they stay.
Where both depend on a segment, those cut off early are spoken for by others, who stay longer or shorter, and the arm's
mean is biased. Within customers who were followed alike the supposition holds again (conditionally independent
censoring, Andersen et al. 1993, III.2), so that each such group needs a curve of its own.

The groups are the leaves of a tree. Being cut off within the horizon is the event, leaving what ends the watch; of the
columns known before the offer that one splits whose log-rank test, summed over the arms or within one of them, is the
clearest, as long as it is clear beyond all columns tried. With :math:`d_j` cut off at :math:`t_j`, :math:`d_{jg}` of
them of level g, and a share :math:`s_{jg}` of the :math:`Y_j` still watched,

.. math:: U_g = \sum_j (d_{jg} - d_j s_{jg}), \qquad
          V_{gh} = \sum_j \frac{d_j (Y_j - d_j)}{Y_j - 1} s_{jg} (1\{g = h\} - s_{jh}), \qquad U' V^- U \sim \chi^2

Nothing in the choice looks at which level stays longer. Arms need no split: each has curves of its own.

References
----------
Andersen, P. K., Borgan, O., Gill, R. D. & Keiding, N. (1993). Statistical Models Based on Counting Processes. Springer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy import special

from winback.labels import known_words, label_of, range_words, value_words
from winback.tables import label_codes

CLEAR = 0.01  # p-value, all columns together: a false alarm costs next to nothing, an overlooked difference a bias
FEWEST_IN_LEVEL = 50  # smaller levels stand together: their arms would have too few for curves of their own
FEWEST_CUT_OFF = 10  # of fewer the chi-squared distribution is no guide, nor can they bias much
BINS = 4  # of a number; where follow-up still differs within one it is cut again
DIGITS = 3  # of cuts, which are read by people


@dataclass(frozen=True)
class Watch:
    """How long n customers who returned were watched, up to the horizon, and why the watch ended."""

    months: np.ndarray  # (n,)
    cut_off: np.ndarray  # (n,) bool: the data ended before the customer and the horizon did
    arm: np.ndarray  # (n,) position of the arm

    def part(self, rows: np.ndarray) -> Watch:
        """Return the watch of some of them."""
        return Watch(self.months[rows], self.cut_off[rows], self.arm[rows])

    @cached_property
    def order(self) -> np.ndarray:
        """Positions in order of months, (n,): who leaves in a month comes before those cut off in it."""
        return np.lexsort((self.cut_off, self.months))

    @cached_property
    def by_arm(self) -> list[tuple[int, np.ndarray, Watch]]:
        """Each arm, the positions of its customers, and their watch."""
        rows = ((int(arm), np.flatnonzero(self.arm == arm)) for arm in np.unique(self.arm))
        return [(arm, own, self.part(own)) for arm, own in rows]

    def share_to_the_end(self) -> float:
        """Return the share whose data reach up to the horizon: the Kaplan-Meier curve of being cut off."""
        cut_off = self.cut_off[self.order]
        return float(np.prod(1 - cut_off / np.arange(len(cut_off), 0, -1)))


@dataclass(frozen=True)
class Level:
    """One label of a column, or one range of its numbers or dates."""

    column: str
    words: str
    above: float | None = None  # dates in days since 1970
    up_to: float | None = None
    is_date: bool = False

    def within(self, wider: Level | None) -> Level:
        """Return the level in the words for all of it that lies within a wider one of the same column."""
        if wider is None or (self.above is None and self.up_to is None):
            return self
        above, up_to = _known(max, self.above, wider.above), _known(min, self.up_to, wider.up_to)
        return _range(self.column, above, up_to, self.is_date)


def _range(column, above, up_to, is_date) -> Level:
    if above is None and up_to is None:
        words = known_words(column)
    elif is_date:
        ends = [("after", above), ("up to", up_to)]
        days = [f"{word} {np.datetime64(int(day), 'D')}" for word, day in ends if day is not None]
        words = f"{label_of(column)} {' and '.join(days)}"
    else:
        words = range_words(column, above, up_to)
    return Level(column, words, above, up_to, is_date)


def _known(choose, *ends) -> float | None:
    return choose((end for end in ends if end is not None), default=None)


@dataclass(frozen=True)
class Split:
    """Customers parted by one column."""

    column: str
    codes: np.ndarray  # (n,) level
    levels: tuple[Level, ...]
    log_p: float  # of follow-up that is the same in all levels; allows for every arm and column looked at
    arm: int | None  # where it differs most clearly; None: in all together

    @property
    def is_clear(self) -> bool:
        """Whether chance is no explanation."""
        return self.log_p < np.log(CLEAR)


@dataclass(frozen=True)
class Group:
    """Customers who were followed alike."""

    rows: np.ndarray  # (n_group,) positions
    path: tuple[Level, ...]  # of each split that led here

    @property
    def words(self) -> str:
        """Who they are."""
        narrowest: dict[str, Level] = {}
        for level in self.path:
            narrowest[level.column] = level.within(narrowest.get(level.column))
        return " and ".join(level.words for level in narrowest.values())


def groups_followed_alike(watch: Watch, customers: pd.DataFrame) -> list[Group]:
    """Part customers, one row each, until follow-up differs no more; the groups from the shortest followed on."""
    groups = _parted(watch, customers, Group(np.arange(len(customers)), ()))
    return sorted(groups, key=lambda group: -watch.cut_off[group.rows].sum() / watch.months[group.rows].sum())


def _parted(watch, customers, group) -> list[Group]:
    split = clearest_split(watch.part(group.rows), customers.iloc[group.rows])
    if split is None or not split.is_clear:
        return [group]
    parts = [Group(group.rows[split.codes == code], (*group.path, level)) for code, level in enumerate(split.levels)]
    return [found for part in parts for found in _parted(watch, customers, part)]


def clearest_split(watch: Watch, customers: pd.DataFrame) -> Split | None:
    """Return the column by whose levels follow-up differs most clearly, or None where there is nothing to test."""
    if watch.cut_off.sum() < FEWEST_CUT_OFF:
        return None
    splits = []
    for name in customers:
        codes, levels = levels_of(customers[name])
        if len(levels) > 1:
            log_p, arm = _log_p(watch, codes, len(levels))
            splits.append(Split(name, codes, levels, min(0.0, log_p + np.log(len(customers.columns))), arm))
    return min(splits, key=lambda split: split.log_p, default=None)


def levels_of(column: pd.Series) -> tuple[np.ndarray, tuple[Level, ...]]:
    """Return each customer's level of a column, and the levels: labels, bins of a number or a date, not known.

    Levels of too few customers stand together; where even together they are few, with the most frequent one.
    """
    is_number = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
    is_date = pd.api.types.is_datetime64_any_dtype(column)
    codes, levels = _bins(column, is_date) if is_number or is_date else _labels(column)
    counts = np.bincount(codes, minlength=len(levels))
    few = counts < FEWEST_IN_LEVEL
    if few.any():
        together = counts[few].sum() >= FEWEST_IN_LEVEL
        codes = np.where(few[codes], len(levels) if together else counts.argmax(), codes)
        levels = [*levels, Level(column.name, f"another {label_of(column.name)}")]
    used, codes = np.unique(codes, return_inverse=True)
    return codes, tuple(levels[code] for code in used)


def _labels(column):
    codes, labels = label_codes(column)
    levels = [Level(column.name, value_words(column.name, label)) for label in [*labels, None]]
    return np.where(codes < 0, len(labels), codes), levels


def _bins(column, is_date):
    numbers, name = _days(column) if is_date else column.to_numpy(dtype=float, na_value=np.nan), column.name
    ends = [None, *_cuts(numbers[np.isfinite(numbers)], is_date), None]
    levels = [_range(name, *both, is_date) for both in pairwise(ends)]
    codes = np.where(np.isfinite(numbers), np.searchsorted(ends[1:-1], numbers, side="left"), len(levels))
    return codes, [*levels, Level(name, value_words(name, None))]


def _days(dates: pd.Series) -> np.ndarray:
    """Return whole days since 1970, missing where the date is."""
    days = dates.dt.tz_localize(None).to_numpy().astype("datetime64[D]")
    return np.where(np.isnat(days), np.nan, days.astype(float))


def _cuts(known: np.ndarray, whole: bool) -> list[float]:
    """Return where a number is cut: between all of few values, else near its quartiles; no bin has too few."""
    distinct = np.unique(known)
    if len(distinct) <= BINS:
        candidates = distinct[:-1].tolist()
    else:
        bins = max(1, min(BINS, len(known) // FEWEST_IN_LEVEL))
        quartiles = np.quantile(known, np.arange(1, bins) / bins)
        candidates = [float(np.floor(cut)) if whole else float(f"{cut:.{DIGITS}g}") for cut in quartiles]
    cuts, below = [], 0
    for cut in candidates:
        up_to = int((known <= cut).sum())
        if up_to - below >= FEWEST_IN_LEVEL and len(known) - up_to >= FEWEST_IN_LEVEL:
            cuts, below = [*cuts, cut], up_to
    return cuts


def cut_off_test(watch: Watch, codes: np.ndarray, n_levels: int) -> tuple[np.ndarray, np.ndarray]:
    """Return U and V of the log-rank test that all levels are cut off alike, shapes (g,) and (g, g).

    Who leaves in a month is no longer watched when others are cut off in it.
    """
    order = watch.order
    member = codes[order, None] == np.arange(n_levels)
    watched = np.cumsum(member[::-1], axis=0)[::-1].astype(float)
    cut_off = np.flatnonzero(watch.cut_off[order])
    _, first, n_cut = np.unique(watch.months[order][cut_off], return_index=True, return_counts=True)
    watched = watched[cut_off[first]]
    total = watched.sum(axis=1)
    share = watched / total[:, None]
    spread = n_cut * (total - n_cut) / np.maximum(total - 1, 1)
    score = member[cut_off].sum(axis=0) - n_cut @ share
    return score, np.diag(spread @ share) - share.T @ (spread[:, None] * share)


def arms_p_value(watch: Watch) -> float:
    """Return the p-value that the arms were cut off alike."""
    arms, codes = np.unique(watch.arm, return_inverse=True)
    return float(np.exp(_chi_squared(*cut_off_test(watch, codes, len(arms)))))


def _log_p(watch, codes, n_levels) -> tuple[float, int | None]:
    """Return the p-value, its logarithm, of the clearer of two tests: all arms summed, and the clearest arm."""
    arms, rows, parts = zip(*watch.by_arm, strict=True)
    tests = [cut_off_test(part, codes[own], n_levels) for own, part in zip(rows, parts, strict=True)]
    together = _chi_squared(*map(sum, zip(*tests, strict=True)))
    if len(arms) == 1:
        return together, None
    alone = [_chi_squared(*test) for test in tests]
    clearest = int(np.argmin(alone))
    if together <= alone[clearest] + np.log(len(arms)):
        return min(0.0, together + np.log(2)), None
    return min(0.0, alone[clearest] + np.log(2 * len(arms))), arms[clearest]


def _chi_squared(score, covariance) -> float:
    """Return the logarithm of the p-value of a score: its chi-squared along the directions that can vary at all."""
    variances, directions = np.linalg.eigh(covariance)
    varies = variances > len(variances) * np.finfo(float).eps * np.abs(variances).max()
    if not varies.any():
        return 0.0
    along = (score @ directions)[varies]
    with np.errstate(divide="ignore"):  # a p-value below the smallest number
        return float(np.log(special.chdtrc(varies.sum(), along @ (along / variances[varies]))))
