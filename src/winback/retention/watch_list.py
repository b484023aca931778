r"""Which of the newly returned may soon be gone again, and how much is at risk? The watch list of a repeat churn fit.

Of a customer who has been back for a months, with F the chance of leaving within u further ones, at risk up to the
horizon H is

.. math:: m \int_0^w (H - u) dF(u) = m \Big[(H - w) F(w) + \int_0^w F(u) du\Big]

the margin of the months that are missed if they leave within w: as if one who is kept stayed on to the horizon.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.discounting import check_horizon
from winback.doors import door
from winback.periods import format_horizon
from winback.results import Result, Sentences, Shown, counted, format_count, format_percent
from winback.retention.repeat_churn_sample import for_words
from winback.survival.groups import typed_lifetimes
from winback.tables import AnyTable

NODES = 8  # of the quadrature over a few months, in which F is smooth
COLUMNS = ["rank", "customer_id", "months_back", "chance", "reason", "in_words", "susceptible", "margin"]
COLUMNS += ["value_at_risk"]


@dataclass(frozen=True, repr=False, eq=False)
class WatchList(Result):
    """Newly returned customers, those with most at risk first.

    Attributes
    ----------
    frame : pandas.DataFrame
        ``rank``, ``customer_id``, ``months_back``, ``chance`` of leaving soon, ``reason`` that is likeliest then,
        ``susceptible`` (chance that they can still leave for their first reason), ``margin`` a month and
        ``value_at_risk``, both missing where no margin is known.
    newly_months, within_months, horizon_months : float
        How new they are, what is soon, and up to where money is counted.
    """

    frame: pd.DataFrame = field(repr=False)
    newly_months: float
    within_months: float
    horizon_months: float
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "customer_id": ("Customer", "text"),
        "months_back": ("Months back", "times"),
        "chance": ("Chance to leave soon", "chance"),
        "in_words": ("Likeliest reason", "text"),
        "value_at_risk": ("Value at risk", "money"),
    }

    @door
    def first(self, n: int = 10) -> Shown:
        """Return the first ``n`` customers of the list, as a notebook shows them."""
        return Shown(self.rounded(self.frame.head(n)))

    def describe(self) -> Sentences:
        """Say how many are new, how many are expected to leave soon, and what the chances are not."""
        return Sentences.of(_answer(self))

    def details(self) -> Sentences:
        """Say how chances and money are counted."""
        return Sentences.of(_more(self))

    def what_to_do(self) -> Sentences:
        """Say whom to call first."""
        said = "Call them in this order while they are new, the first ones this week."
        return Sentences() if self.frame.empty else Sentences(said)


def watch_list(fit, lapsed: AnyTable, newly_months: float, within_months: float, horizon_months: float) -> WatchList:
    """Return the list, see `RepeatChurn.watch_list`."""
    newly, within, horizon = (check_horizon(each) for each in (newly_months, within_months, horizon_months))
    if horizon < within:
        raise ValueError(f"horizon_months ({horizon:g}) must not be shorter than within_months ({within:g}).")
    table = typed_lifetimes(lapsed, "second")
    there = table["returned"].to_numpy(dtype=bool) & ~table["second_ended"].to_numpy(dtype=bool, na_value=True)
    new = table[there & (table["second_tenure"] <= newly).to_numpy(dtype=bool, na_value=False)].reset_index(drop=True)
    frame = _listed(fit, new, within, horizon) if len(new) else pd.DataFrame(columns=COLUMNS)
    currency = getattr(lapsed, "currency", fit.currency)
    return WatchList(frame, newly, within, horizon, currency=currency)


def _listed(fit, new: pd.DataFrame, within: float, horizon: float) -> pd.DataFrame:
    outlook, after = fit.outlook(new), new["second_tenure"].to_numpy(dtype=float)
    left = outlook.left_between(after, within)
    chance = left.sum(axis=1)
    points, weights = np.polynomial.legendre.leggauss(NODES)
    stays = [outlook.still_here(after + within * (point + 1) / 2) for point in points]
    area = within * (1 - weights / 2 @ stays / outlook.still_here(after))
    margin = new["second_margin"].to_numpy(dtype=float) if "second_margin" in new else np.full(len(new), np.nan)
    reason = np.array(fit.reasons, dtype=object)[left.argmax(axis=1)]
    can_be = outlook.blocked.any(axis=1) & fit.shows_cure
    frame = pd.DataFrame(
        {
            "customer_id": new["customer_id"].to_numpy(),
            "months_back": after,
            "chance": chance,
            "reason": reason,
            "in_words": list(map(for_words, reason)),
            "susceptible": np.where(can_be, outlook.still_susceptible(after), np.nan),
            "margin": margin,
            "value_at_risk": margin * ((horizon - within) * chance + area),
        }
    )
    frame = frame.sort_values(["value_at_risk", "chance"], ascending=False, kind="stable", ignore_index=True)
    return frame.assign(rank=np.arange(1, len(frame) + 1))[COLUMNS]


def _answer(found: WatchList) -> Iterator[str]:
    frame, newly, within = found.frame, format_horizon(found.newly_months), format_horizon(found.within_months)
    if frame.empty:
        yield f"Nobody who came back within the last {newly} months is here: there is nobody to watch."
        return
    leave, money = frame["chance"].sum(), ""
    if frame["value_at_risk"].notna().any():
        total = found.format(frame["value_at_risk"].sum(), "money")
        money = f"; {total} of margin over {format_horizon(found.horizon_months)} months are at risk"
    yield (
        f"Of {counted(len(frame), 'customers')} who came back within the last {newly} months, {format_count(leave)} "
        f"are expected to leave within {within} more ({format_percent(leave / len(frame))}){money}."
    )
    first = frame.iloc[0]
    chance = f"{format_percent(first['chance'])} to leave, most likely {first['in_words']}"
    yield f"First on the list is customer {first['customer_id']}: {chance}."
    yield "A chance of leaving is not what a call would change: who can be kept is known from a trial only."


def _more(found: WatchList) -> Iterator[str]:
    if found.frame.empty:
        return
    yield (
        f"Value at risk is the margin of the months that would be missed of the next "
        f"{format_horizon(found.horizon_months)}, if whoever is kept stayed on that long; nothing is discounted."
    )
    unknown = int(found.frame["margin"].isna().sum())
    if 0 < unknown < len(found.frame):
        yield f"The margin of {counted(unknown, 'customers')} is not known: they stand at the end, by chance."
    yield (
        "Chances are of a model fitted to all who came back, without intervals of their own; it is smooth, so whoever "
        "comes to the end of their offer now may be likelier to leave than it says."
    )
