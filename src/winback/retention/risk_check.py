"""Did those leave who were said to? Chances of leaving beside later months that the model had not seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.doors import door
from winback.held_out import HeldOutCheck, Limits, lie_inside, verdict, what_intervals_hold
from winback.results import Sentences, format_count, format_percent
from winback.retention.about_to_leave import SHARES, Keeping
from winback.retention.unforeseen import Unforeseen, unforeseen_losses

# Of all losses: months differ by more than 5%; a budget made on an error of 15% is wrong; with a third of the losses
# left to chance any model fits; half a percent rounds to none.
LIMITS = Limits(small=0.05, large=0.15, wide=0.33, exact=0.005)
WELL_SLOPED = (0.9, 1.1)  # chances neither too far apart nor too close together


@dataclass(frozen=True, repr=False, kw_only=True)
class RiskCheck(HeldOutCheck):
    """How chances of leaving compare with who left in later months, see `ChurnRisk.check`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per tenth of the customers' months, riskiest first: ``tenth``, ``n``, ``expected`` losses with ``_low``
        and ``_high`` (for what will be observed), ``observed`` ones, the shares ``expected_share`` with ``_low`` and
        ``_high``, and ``observed_share``, whether the observed ones lie ``inside``.
    slope, slope_low, slope_high : float
        Of the log odds of leaving on those said: 1 where they are right; below 1 they are too far apart, as they are a
        little where few losses were fitted. The interval is that of chance in who leaves.
    ranked_right, ranked_low, ranked_high : float
        Chance that of two customers of whom one leaves that one has the higher risk (area under the ROC curve).
    brier, brier_constant : float
        Mean squared error of the chances, and of one chance for all, that of the months before.
    customers : pandas.DataFrame
        Everybody here when the months began: ``customer_id``, ``within`` (chance of leaving in these months),
        ``left_in`` (which of them; 0: stayed), ``margin``.
    losses : pandas.DataFrame
        Everybody lost in these months, with ``warned`` months before (0: at its start; missing: never), and
        ``missed_by_lot``: the chance of no warning had as many different customers been flagged by lot.
    """

    customers: pd.DataFrame = field(repr=False)
    losses: pd.DataFrame = field(repr=False)
    slope: float
    slope_low: float
    slope_high: float
    ranked_right: float
    ranked_low: float
    ranked_high: float
    brier: float
    brier_constant: float
    total: tuple[float, float, float]  # expected losses with low and high, for what will be observed
    n: int  # months of customers
    n_lost: int
    n_unseen: int  # with a value that the model has not seen
    months: int
    flagged: float
    since: str  # first day of what was held out
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "tenth": ("Tenth, riskiest first", "count"),
        "n": ("Months of customers", "count"),
        "expected_share": ("Expected to leave", "percent"),
        "observed_share": ("Left", "percent"),
    }

    @property
    def verdict(self) -> str:
        """Whether the model fits, in one sentence."""
        expected, low, high = (each / max(self.n_lost, 1) - 1 for each in self.total)
        size = f"{format_percent(abs(expected), 0)} too {'many' if expected > 0 else 'few'}"
        says = f"it expects {'as many losses as there were' if abs(expected) < LIMITS.exact else f'{size} losses'}"
        ends = ", ".join(format_count(each) for each in self.total[1:])
        unsure = ("losses", f", and its interval for them is [{ends}]")
        return verdict("model", says, (expected, low, high), LIMITS, unsure)

    def describe(self) -> Sentences:
        """Say whether chances were right, how well they rank, and the doubt."""
        return Sentences.of(_answer(self))

    def details(self) -> Sentences:
        """Say how much better than one chance for all, and how far ahead the model sees."""
        return Sentences.of(_more(self))

    def unforeseen(self) -> Unforeseen:
        """Return which of the losses nobody had flagged: a defection should never be a surprise."""
        return unforeseen_losses(self)

    @door
    def net_benefit(self, *, cost: float, share_prevented: float, value: float | None = None) -> pd.DataFrame:
        """Return what contacting the riskiest would have gained in these months, for each share of the customers.

        Gain = share prevented x value of those who left among the contacted - cost x contacted.

        Parameters
        ----------
        cost : float
            Of each contact.
        share_prevented : float
            Share of losses that a contact prevents: an assumption where no trial measured it.
        value : float, optional
            Of a customer kept; by default twelve months of their own margin.

        Returns
        -------
        pandas.DataFrame
            ``share`` contacted, ``n``, ``n_left`` of them, ``net_benefit`` and ``net_benefit_by_value`` where as many
            are ranked by chance of leaving times value instead.
        """
        Keeping(cost, share_prevented, worth_lost=0.0 if value is None else value)  # refuses what makes no sense
        rows = self.customers
        worth = 12 * rows["margin"].to_numpy() if value is None else np.full(len(rows), float(value))
        if np.isnan(worth).all():
            raise ValueError("value must be given: nothing is known of margins.")
        worth = np.where(np.isnan(worth), 0.0, worth)
        chance, left = rows["within"].to_numpy(), (rows["left_in"] > 0).to_numpy()
        n = np.ceil(SHARES * len(rows)).astype(int)
        found = {"share": SHARES, "n": n}
        for name, rank in (("net_benefit", chance), ("net_benefit_by_value", chance * worth)):
            order = np.argsort(-rank, kind="stable")
            saved = share_prevented * np.cumsum((worth * left)[order])[n - 1]
            found[name] = saved - cost * n
            if name == "net_benefit":
                found["n_left"] = np.cumsum(left[order])[n - 1]
        return pd.DataFrame(found)


def _answer(found: RiskCheck) -> Iterator[str]:
    row = (surprised := found.unforeseen()).frame.iloc[0]
    yield (
        f"{found.verdict}. Of the losses {surprised.interval(row, 'share', 'percent')} had not been among the riskiest "
        f"{format_percent(found.flagged, 0)} before, {format_percent(row['by_lot'], 0)} had as many been drawn by lot."
    )
    first, last = found.frame.iloc[0], found.frame.iloc[-1]
    yield (
        f"Of the riskiest tenth {format_percent(first['observed_share'])} left within a month, of the last tenth "
        f"{format_percent(last['observed_share'], 2)}; of two customers of whom one leaves that one has the higher "
        f"risk in {format_percent(found.ranked_right)} [{format_percent(found.ranked_low)}, "
        f"{format_percent(found.ranked_high)}] of cases, by chance in half."
    )
    far = "too far apart" if found.slope < 1 else "too close together"
    off = not WELL_SLOPED[0] <= found.slope <= WELL_SLOPED[1]
    said = f"risks are {far}" if off else "risks are neither too far apart nor too close together"
    ends = f"[{found.slope_low:.2f}, {found.slope_high:.2f}]"
    yield f"{lie_inside(*found.covered)}; {said} (slope {found.slope:.2f} {ends})."


def _more(found: RiskCheck) -> Iterator[str]:
    yield (
        f"The same model, fitted to months before {found.since}, judged on {found.months} months from then on: "
        f"{found.n:,} months of customers, {found.n_lost:,} losses."
    )
    better = 1 - found.brier / found.brier_constant
    yield (
        f"Against one chance for all the mean squared error is {format_percent(abs(better), 2)} "
        f"{'smaller' if better > 0 else 'larger'}: whether one customer leaves within one month is mostly chance."
    )
    expected, left = found.customers["within"].sum(), int((found.customers["left_in"] > 0).sum())
    off = expected / left - 1 if left else 0.0
    size = f": {format_percent(abs(off))} too {'many' if off > 0 else 'few'}" if abs(off) >= LIMITS.exact else ""
    yield (
        f"Of those here when the {found.months} months began, {format_count(expected)} were expected to leave in them "
        f"and {format_count(left)} did{size}."
    )
    yield f"{what_intervals_hold(found.level, 'who leaves')}, not a change of prices or of the market."
    if found.n_unseen:
        yield f"Left out, with a label the model had not seen: {found.n_unseen:,} months of customers."
