"""Which groups lose more, where nobody knows when? Shares lost of a snapshot, group by group, without a calendar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from winback.base.snapshot_base import SnapshotBase
from winback.base.snapshot_words import within
from winback.doors import door
from winback.labels import NOT_KNOWN, label_of, short_words
from winback.lost.small_groups import LESS, MORE, NOT_COMPARED, compare_groups, funnel_of
from winback.results import Result, Sentences, counted, format_count, format_percent, join_words
from winback.tables import label_codes

MOST_NUMBERS = 20  # different numbers: more of them are a measure, not groups
MOST_NAMED = 3
MONTHS_IN_YEAR = 12.0


@dataclass(frozen=True, repr=False, eq=False, kw_only=True)
class LostShares(Result):
    """Customers lost by group, see `lost_shares`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per group: ``group``, ``n`` customers in the table, ``n_lost``, ``share_lost`` with Wilson's ``_low``
        and ``_high``, and with ends that hold for all groups at once (``_low_together``, ``_high_together``);
        ``common``, the share of all; ``shrunken`` towards it; ``limit_low`` and ``limit_high`` of a funnel;
        ``verdict``: loses more, loses less, not clearly different, not compared; where known ``money_lost``, what the
        lost had brought in a year.
    """

    frame: pd.DataFrame
    by: str
    level: float
    during: str = ""  # within which time they were lost, in words; empty: not known
    is_revenue: bool = False
    source: str = "a table"
    currency: str = "$"
    doubts: tuple[str, ...] = field(default=(), repr=False)
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "group": ("Group", "text"),
        "n": ("Customers", "count"),
        "n_lost": ("Lost", "count"),
        "share_lost": ("Share lost", "percent"),
        "shrunken": ("Shrunken towards all", "percent"),
        "verdict": ("Beyond chance?", "text"),
        "money_lost": ("Had brought in a year", "money"),
    }

    @property
    def groups(self) -> pd.DataFrame:
        """The groups, as a report of losses by period calls them."""
        return self.frame

    def funnel(self, n: ArrayLike) -> pd.DataFrame:
        """Return between which shares a group of n customers would lie by chance, for one group and for all at once."""
        return funnel_of(self.frame, np.atleast_1d(np.asarray(n, dtype=float)), self.level)

    @property
    def in_words(self) -> tuple[str, str]:
        """What a group's share and its size are, in words, for those who draw them."""
        return " ".join(filter(None, ["share lost", self.during])), "customers in the table"

    def table(self) -> pd.DataFrame:
        """Return the groups, those that lose most first; rounded, as text."""
        return self.rounded(self.frame.sort_values("shrunken", ascending=False, kind="stable"))

    def describe(self) -> Sentences:
        """Say which groups lose more and which less, how sure that is, and the doubt that matters."""
        return Sentences.of(_answer(self))

    def details(self) -> Sentences:
        """Say how groups were compared, and what else is in doubt."""
        return Sentences.of(_more(self))


@door
def lost_shares(base: SnapshotBase, by: str, level: float = 0.95) -> LostShares:
    """Compare the shares lost of groups of a snapshot with what is common to all.

    Parameters
    ----------
    base : SnapshotBase
    by : str
        A further column of the table: contract, country, product.
    level : float
        Confidence level of the intervals; those named ``_together`` hold for all groups at once.

    Raises
    ------
    ValueError
        When there is no such column, or it holds numbers instead of groups.

    Examples
    --------
    >>> from winback.base.any_base import read_base
    >>> table = pd.DataFrame({"customer_id": range(100), "tenure": 12, "churn": [1] * 20 + [0] * 80,
    ...                       "plan": ["old"] * 50 + ["new"] * 50})
    >>> lost_shares(read_base(table), by="plan").to_frame()[["group", "n", "n_lost", "verdict"]]
      group   n  n_lost     verdict
    0   new  50       0  loses less
    1   old  50      20  loses more
    """
    codes, labels = _groups(base, by)
    customers, k = base.customers, len(labels)
    group = np.where(codes < 0, k, codes)
    lost = customers["lost"].to_numpy()
    n = np.bincount(group, minlength=k + 1)
    n_lost = np.bincount(group[lost], minlength=k + 1)
    known = max(int(n[:k].sum()), 1)
    common = n_lost[:k].sum() / known
    found = compare_groups(n_lost[:k], n[:k], common, level)
    names = [*(short_words(by, label) for label in labels), NOT_KNOWN]
    columns = {"group": names, "n": n, "n_lost": n_lost, "share_lost": n_lost / np.where(n > 0, n, np.nan)}
    columns |= {"common": common, **found.columns()}
    frame = pd.DataFrame({**columns, "verdict": [*found.verdict, NOT_COMPARED]})
    if "margin" in customers:
        money = np.nan_to_num(customers["margin"].to_numpy(dtype=float))[lost]
        frame["money_lost"] = MONTHS_IN_YEAR * np.bincount(group[lost], weights=money, minlength=k + 1)
    return LostShares(
        frame=frame[frame["n"] > 0].reset_index(drop=True),
        by=by,
        level=level,
        during=within(base).strip(),
        is_revenue=base.is_revenue,
        source=base.source,
        currency=base.currency,
        doubts=base.doubts,
    )


def _groups(base: SnapshotBase, by: str) -> tuple[np.ndarray, list]:
    """Return the group of each customer, -1 where it is not known, and the groups."""
    if by not in base.further:
        there = ", ".join(map(str, base.further)) or "none"
        raise ValueError(f"by = {by!r} is no column to group customers by; there are: {there}.")
    codes, labels = label_codes(base.customers[by])
    if pd.api.types.is_numeric_dtype(base.customers[by]) and len(labels) > MOST_NUMBERS:
        raise ValueError(
            f"by = {by!r} holds {len(labels):,} different numbers, which are no groups. Cut it into classes first."
        )
    if len(labels) == base.n > 1:
        raise ValueError(f"by = {by!r} is different for every customer. Name a column that several share.")
    return codes, labels


def _answer(found: LostShares) -> Iterator[str]:
    frame = found.frame[found.frame["verdict"] != NOT_COMPARED]
    what, n, lost = label_of(found.by), int(found.frame["n"].sum()), int(found.frame["n_lost"].sum())
    during = f" {found.during}" if found.during else ""
    share = format_percent(lost / n)
    yield f"{found.source}: {format_count(lost)} of {counted(n, 'customers')} in the table were lost{during} ({share})."
    if not len(frame):
        yield f"By {what} there is nothing to compare: the table has one group."
        return
    parts = [
        _named(found, frame[frame["verdict"] == verdict], words)
        for verdict, words in ((MORE, "lost more than the others"), (LESS, "lost less"))
    ]
    alike = int((~frame["verdict"].isin([MORE, LESS])).sum())
    said = [part for part in parts if part]
    if alike:
        verb = "is" if alike == 1 else "are"
        said.append(f"{format_count(alike)} of {format_count(len(frame))} {verb} not clearly different from the others")
    yield f"By {what}: {'; '.join(said)}."
    yield (
        "A group of newer customers has had less time to lose them, and differences between groups are no effect of "
        "what they are called: look at curves by tenure too."
    )


def _named(found: LostShares, rows: pd.DataFrame, words: str) -> str:
    if not len(rows):
        return ""
    far = rows.assign(apart=(rows["shrunken"] - rows["common"]).abs()).sort_values("apart", ascending=False)
    said = [
        f"{row['group']} ({found.interval(row, 'share_lost', 'percent')})" for _, row in far.head(MOST_NAMED).iterrows()
    ]
    more = f" and {len(far) - MOST_NAMED:,} more" if len(far) > MOST_NAMED else ""
    return f"{join_words(said) if not more else ', '.join(said) + more} {words}"


def _more(found: LostShares) -> Iterator[str]:
    level = format_percent(found.level, 0)
    yield (
        f"A group is named where an interval that holds for all groups at once in {level} of cases leaves out the "
        "share of all; the intervals shown are each group's own."
    )
    unknown = found.frame[found.frame["verdict"] == NOT_COMPARED]
    if len(unknown) and unknown["group"].iloc[-1] == NOT_KNOWN:
        yield f"Whose group is not known is not compared: {counted(unknown['n'].iloc[-1], 'customers')}."
    if found.is_revenue:
        yield "Money is what customers paid in a year, revenue and not margin."
    yield from (f"{doubt}." for doubt in found.doubts)
