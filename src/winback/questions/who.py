"""1. Who comes back? Of those sent an offer, by what is known of them, against those who come back by themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd

from winback.asked import ask
from winback.labels import label_of, short_words, value_words
from winback.money import money_interval
from winback.offers.by_group import offers_by_group
from winback.offers.compared import OfferComparison
from winback.plots.small import Row, small_bars
from winback.plots.style import INK
from winback.questions.card import Card, Picture, lacking, share_digits
from winback.results import counted, format_percent, join_words
from winback.tables import NO_OFFER, label_codes
from winback.terms.organic import assumed_organic
from winback.trial.design_findings import FEW_RETURNED
from winback.trial.trial import Trial
from winback.uncertainty import mean_interval, share_difference, share_interval

MOST_GROUPS = 5  # a card has room for
FEWEST = 30  # customers of a group: of fewer, a share says next to nothing
EVERYBODY = "everybody sent an offer"
MEANINGS = {"reason": "why each customer left, such as price or service"}
SHADES = (INK, "#46586a", "#6f7f8f", "#9aa5af", "#c3cbd2")  # of groups, the most first


@dataclass(frozen=True)
class ReturnsBy:
    """Shares who came back after an offer, by group, and without one.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per group, most first: ``group``, ``short`` and ``words`` for it, ``n`` customers, ``n_returned``,
        ``returned`` (share) with ``returned_low``, ``returned_high``; where a random group was sent nothing likewise
        ``alone_n`` ... ``alone_returned_high`` of those of the same group without an offer.
    by : str or None
        The column that makes groups; None: everybody together.
    alone : tuple or None
        Share of those who came back without an offer, low and high; None where that is not known.
    apart : tuple of float
        How far the first group's share lies above the last one's, low and high.
    """

    frame: pd.DataFrame
    by: str | None
    alone: tuple[float, float, float] | None
    apart: tuple[float, float, float]
    assumed: bool = False
    n_more: int = 0  # groups that are not shown: too small, or between the ends

    @property
    def alone_by_group(self) -> bool:
        """Whether it is measured of every group how many came back without an offer."""
        return "alone_returned" in self.frame and bool((self.frame["alone_n"] >= FEWEST).all())

    @property
    def told_apart(self) -> bool:
        """Whether the first group is shown to come back more often than the last."""
        return self.apart[1] > 0


def returns_by(trial: Trial, by: str | None) -> ReturnsBy:
    """Return who came back after an offer, by the labels of a column, and how many did without one, with intervals."""
    sent = trial.arm >= 0
    if trial.has_control:
        sent = trial.arm != trial.arms.index(NO_OFFER)
    clusters = None if trial.clusters is None else trial.clusters[sent]
    alone, assumed = _alone(trial)
    found = _by_group(trial.customers[sent], by, clusters, alone=alone, assumed=assumed)
    if by is None or not trial.has_control:
        return found
    held = None if trial.clusters is None else trial.clusters[~sent]
    return replace(
        found, frame=found.frame.join(_alone_by_group(trial.customers[~sent], by, found.frame["group"], held))
    )


def _alone_by_group(customers: pd.DataFrame, by: str, groups: pd.Series, clusters: np.ndarray | None) -> pd.DataFrame:
    """Return of each group how many of it came back without an offer."""
    inside = [(customers[by] == group).to_numpy(dtype=bool, na_value=False) for group in groups]
    returned = customers["returned"].to_numpy(dtype=bool)
    rows = [_row(returned[each], None if clusters is None else clusters[each]) for each in inside]
    return pd.DataFrame(rows, groups.index).add_prefix("alone_")


def returns_of_leavers(leavers: pd.DataFrame, by: str | None) -> ReturnsBy:
    """Return who came back by themselves, of a table of leavers who were sent nothing."""
    return _by_group(leavers, by, None, everybody="all leavers")


def _by_group(customers, by, clusters, *, alone=None, assumed=False, everybody=EVERYBODY) -> ReturnsBy:
    """Return shares by group; groups are compared at the ends of the order only.

    So that this one of many pairs does not stand out by chance, its interval allows for every pair (Bonferroni).
    """
    returned = customers["returned"].to_numpy(dtype=bool)
    codes, labels = np.zeros(len(returned), dtype=int), [everybody]
    if by is not None:
        codes, labels = label_codes(customers[by])
    parts = [codes == code for code in range(len(labels))]
    rows = [
        _row(returned[inside], None if clusters is None else clusters[inside])
        | {
            "group": label,
            "short": short_words(by, label) if by else label,
            "words": value_words(by, label) if by else label,
        }
        for inside, label in zip(parts, labels, strict=True)
    ]
    frame = pd.DataFrame(rows).sort_values("returned", ascending=False, kind="stable", ignore_index=True)
    large = frame[frame["n"] >= FEWEST]
    large = large if len(large) else frame.head(1)
    shown = large if len(large) <= MOST_GROUPS else pd.concat([large.head(MOST_GROUPS - 1), large.tail(1)])
    shown = shown.reset_index(drop=True)
    first, last = shown.iloc[0], shown.iloc[-1]
    level = 1 - 0.05 / max(len(large) * (len(large) - 1) / 2, 1)
    found = share_difference(first["n_returned"], first["n"], last["n_returned"], last["n"], level)
    apart = tuple(float(each) for each in found) if len(shown) > 1 else (0.0, 0.0, 0.0)
    return ReturnsBy(shown, by, alone, apart, assumed=assumed, n_more=len(frame) - len(shown))


def who_comes_back(trial: Trial, by: str = "reason", comparison: OfferComparison | None = None) -> Card:
    """Return the card of the first question; where the column ``by`` is missing, everybody's return and what is.

    With the ``comparison`` it is also said whether an offer pays for those who come back least.
    """
    there = by in trial.known and trial.customers[by].notna().any()
    found = returns_by(trial, by if there and len(label_codes(trial.customers[by])[1]) > 1 else None)
    missing = "" if there else without(by)
    pays = "" if comparison is None else for_the_least(comparison, found)
    here = "; ".join(filter(None, (how_sure(found), pays)))
    return Card(1, said(found), here=here, picture=picture(found), missing=missing, found=found)


def for_the_least(comparison: OfferComparison, found: ReturnsBy) -> str:
    """Say whether an offer pays for those who come back least: few who return can be worth more than the offers cost.

    Nothing where groups are not clearly different, or what would have come anyway is not known.
    """
    if found.by is None or not found.told_apart or comparison.kind != "incremental":
        return ""
    groups = ask(offers_by_group, comparison, found.by)
    least = found.frame.iloc[-1]
    cells = groups.frame[groups.frame["group"] == least["group"]] if groups else pd.DataFrame()
    if cells.empty:
        return ""
    best = cells.iloc[0]
    if best["profit_low"] <= 0:
        return f"no offer is shown to pay for those {_whose(found.by, least)}"
    earns = money_interval(*(best[f"profit{end}"] for end in ("", "_low", "_high")), comparison.currency)
    unsure = ", though few came back to tell by" if best["few"] else ""
    assumed = ", by what is assumed here" if comparison.trial.caveat else ""  # of a simulation it is no finding
    return f"even so {best['offer']} earns {earns} per customer {_whose(found.by, least)}: not futile{assumed}{unsure}"


def without(by: str) -> str:
    """Say that returns cannot be told by a column that is not there."""
    remedy = "Add what is known of it to the table, or name another column that was known beforehand (by)."
    meaning = {by: MEANINGS.get(by, "to tell customers apart")}
    return f"By {label_of(by)} it cannot be answered. {lacking(meaning, remedy)}"


def said(found: ReturnsBy, whose: str = "after an offer") -> str:
    """Say who comes back, in one sentence."""
    first, last = found.frame.iloc[0], found.frame.iloc[-1]
    digits, alone = share_digits(found.frame["returned"]), ""
    if found.alone is not None:
        assumed = "assumed " if found.assumed else ""
        alone = f"; without an offer {assumed}{format_percent(found.alone[0], digits)}"
    if found.by is None:
        return f"{format_percent(first['returned'], digits)} of those sent an offer came back{alone}."
    shares = [format_percent(row["returned"], digits) for row in (first, last)]
    if found.told_apart and found.alone_by_group:
        alone = "; without an offer " + " and ".join(
            format_percent(row["alone_returned"], digits) for row in (first, last)
        )
    if not found.told_apart:
        between = shares[0] if shares[0] == shares[1] else f"between {shares[1]} and {shares[0]}"
        return f"No group is shown to come back more often than another: {between} {whose}{alone}."
    return (
        f"{shares[0]} of those {_whose(found.by, first)} came back {whose}, "
        f"{shares[1]} of those {_whose(found.by, last)}{alone}."
    )


def how_sure(found: ReturnsBy) -> str:
    """Say how far the ends of the order lie apart, and how many came back without an offer, with intervals."""
    parts = [_with_interval(*_ends(found.frame.iloc[0]))]
    if found.by is not None:
        first, last = (found.frame["short"].iloc[place] for place in (0, -1))
        points = " to ".join(f"{100 * end:.0f}" for end in found.apart[1:])
        parts = [f"{first} {points} points above {last}, not adjusted" if found.told_apart else "not clearly different"]
    if found.alone is not None and not found.assumed:
        parts.append(f"without an offer {_with_interval(*found.alone)}{' of all' if found.by else ''}")
    if found.alone is None:
        parts.append("how many come back without an offer is not known")
    few = [row.short for row in _rows(found) if row.n_returned < FEW_RETURNED]
    if few:
        parts.append(f"few came back of {join_words(few)}")
    few = [row.short for row in _rows(found) if found.alone_by_group and row.alone_n_returned < FEW_RETURNED]
    if few:
        parts.append(f"without an offer few came back of {join_words(few)}")
    if found.n_more:
        parts.append(f"{counted(found.n_more, 'groups')} more not shown")
    return "; ".join(parts)


def _whose(by, row) -> str:
    words = str(row["words"])
    return f"who {words}" if words.startswith("left ") else f"whose {label_of(by)} is {row['short']}"


def _rows(found):
    return list(found.frame.itertuples())


def _ends(row) -> tuple[float, float, float]:
    return row["returned"], row["returned_low"], row["returned_high"]


def _with_interval(share, low, high) -> str:
    return f"{format_percent(share)} [{format_percent(low)}, {format_percent(high)}]"


def _row(returned: np.ndarray, clusters: np.ndarray | None) -> dict:
    n, back = len(returned), int(returned.sum())
    low, high = share_interval(back, n)
    if clusters is not None and n > 1:  # who belongs together does alike
        _, _, low, high = mean_interval(returned.astype(float), clusters=clusters)
    share = back / n if n else 0.0
    return {"n": n, "n_returned": back, "returned": share, "returned_low": float(low), "returned_high": float(high)}


def _alone(trial: Trial) -> tuple[tuple[float, float, float] | None, bool]:
    """Return the share who came back without an offer, measured or assumed, and whether it is assumed."""
    if trial.has_control:
        alone = trial.arm == trial.arms.index(NO_OFFER)
        row = _row(trial.returned[alone], None if trial.clusters is None else trial.clusters[alone])
        return _ends(row), False
    if trial.organic is not None:
        found = assumed_organic(trial.organic, trial.customers)
        return (found.middle, found.low, found.high), True
    return None, False


def picture(found: ReturnsBy, whose: str = "after an offer") -> Picture:
    """Draw each group's share with its interval, beside the share of those who were sent nothing."""
    digits = share_digits(found.frame["returned"])
    rows = [
        Row(
            row.short,
            row.returned,
            format_percent(row.returned, digits),
            low=row.returned_low,
            high=row.returned_high,
            colour=SHADES[place],
            against=row.alone_returned if found.alone_by_group else None,
        )
        for place, row in enumerate(_rows(found))
    ]
    line = None
    if found.alone is not None:
        line = (found.alone[0], f"{format_percent(found.alone[0], digits)} without an offer")
    if found.alone_by_group:
        shares = ", ".join(format_percent(row.alone_returned, digits) for row in _rows(found))
        line = (None, f"dashed: without an offer {shares}")
    each = join_words(
        f"{row.short} {_with_interval(row.returned, row.returned_low, row.returned_high)}" for row in _rows(found)
    )
    label = f"Share who came back {whose}: {each}{'; ' + line[1] if line else ''}."
    return Picture(partial(small_bars, rows, line), label)
