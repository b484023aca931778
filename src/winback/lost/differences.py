r"""Who else said so? Shares among some customers beside those among all others, and whether they differ.

Intervals of one table hold together: each of m differences is at the level :math:`1 - (1 - \text{level}) / m`
(Bonferroni), which is so however the figures hang together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.results import Result, Sentences, format_percent
from winback.uncertainty import share_difference

FEW = 30  # customers on either side, below which a difference that shows is not put into a sentence


@dataclass(frozen=True, repr=False, eq=False)
class Differences(Result):
    """Shares of groups of lost customers, each beside the share of all others.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per group and thing: ``group``, ``what``, ``n`` customers of the group, ``share``, ``share_others``,
        ``difference`` with ``difference_low`` and ``difference_high``, which hold together, and ``told_apart``.
    says : str
        A difference in words: what is put in is group, what, share and share of the others.
    """

    frame: pd.DataFrame
    says: str
    groups: str
    level: float = 0.95
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "group": ("Lost customers", "text"),
        "what": ("", "text"),
        "n": ("Customers", "count"),
        "share": ("Share", "percent"),
        "share_others": ("Of all others", "percent"),
        "difference": ("Difference", "percent"),
    }

    @property
    def largest(self) -> pd.DataFrame:
        """The differences that are shown, the largest first."""
        found = self.frame[self.frame["told_apart"] & (self.frame[["n", "n_others"]] >= FEW).all(axis=1)]
        return found.sort_values("difference", key=np.abs, ascending=False, kind="stable")

    def describe(self) -> Sentences:
        """Say the largest difference, how many show, and that they are no causes."""
        return Sentences.of(self._lines())

    def _lines(self) -> Iterator[str]:
        found = self.largest
        if found.empty:
            yield f"No difference between {self.groups} shows."
        for row in found.head(1).itertuples():
            share, others = format_percent(row.share), format_percent(row.share_others)
            yield f"{self.says.format(group=row.group, what=row.what, share=share, others=others)}."
        level = format_percent(self.level, 0)
        yield f"{len(found)} of {len(self.frame)} differences show; all intervals hold together in {level} of cases."


def differences(
    groups: Mapping[str, np.ndarray],
    things: Mapping[str, tuple[np.ndarray, np.ndarray]],
    *,
    level: float = 0.95,
    says: str = "{group}, {what}: {share}, all others {others}",
    between: str = "groups",
) -> Differences:
    """Return the shares of all things in all groups, beside those of all others.

    Parameters
    ----------
    groups : mapping
        Name of a group -> who is in it, (n,) bool.
    things : mapping
        Name of a thing -> of whom it is true, and of whom it is known, (n,) bool each.

    Examples
    --------
    >>> price, complained, known = np.array([True, True, False, False]), np.array([True, False, True, True]), True
    >>> found = differences({"price": price}, {"complained": (complained, np.full(4, known))})
    >>> found.to_frame()[["share", "share_others", "difference"]].iloc[0].tolist()
    [0.5, 1.0, -0.5]
    """
    rows = []
    for what, (true, known) in things.items():
        for group, inside in groups.items():
            ours, theirs = inside & known, ~inside & known
            counts = [int(each.sum()) for each in (ours & true, ours, theirs & true, theirs)]
            rows.append((group, what, *counts))
    frame = pd.DataFrame(rows, columns=["group", "what", "n_yes", "n", "n_yes_others", "n_others"])
    counts = [frame[name].to_numpy() for name in ("n_yes", "n", "n_yes_others", "n_others")]
    together = 1 - (1 - level) / max(len(frame), 1)
    found = share_difference(*counts, level=together)
    with np.errstate(invalid="ignore"):
        frame["share"], frame["share_others"] = counts[0] / counts[1], counts[2] / counts[3]
    frame["difference"], frame["difference_low"], frame["difference_high"] = found
    frame["told_apart"] = (found[1] > 0) | (found[2] < 0)
    return Differences(frame, says, between, level)
