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
from winback.retention.keeping import SHARES, Keeping, WorthLost, first_of, gain_of_keeping, summed_up
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
    leaves: np.ndarray = field(repr=False)  # (n, months) chance of leaving in each month, of these customers
    ahead: tuple[float, float, float]  # expected losses among these customers, with low and high
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
        """Whether the forecast fits, in one sentence."""
        expected, low, high = (each / max(self.n_lost, 1) - 1 for each in self.total)
        size = f"{format_percent(abs(expected), 0)} too {'high' if expected > 0 else 'low'}"
        says = "as many left as it said" if abs(expected) < LIMITS.exact else f"it is {size}"
        ends = ", ".join(format_count(each) for each in self.total[1:])
        unsure = ("losses", f", and its interval for the losses is [{ends}]")
        return verdict("forecast", says, (expected, low, high), LIMITS, unsure)

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
    def net_benefit(
        self,
        *,
        cost: float,
        share_prevented: float,
        months: int = 12,
        annual_discount: float = 0.0,
        worth_lost: float | WorthLost = 0.0,
    ) -> pd.DataFrame:
        """Return what contacting the riskiest would have gained in these months, for each share of the customers.

        Each brings what `winback.retention.keeping.gain_of_keeping` says, with who left in place of the chances.

        Parameters
        ----------
        cost : float
            Of each contact.
        share_prevented : float
            Share of losses that a contact prevents: an assumption where no trial measured it.
        months : int
            That count, from the day on which these months began; the losses are those of these months.
        annual_discount : float
        worth_lost : float or WorthLost
            What a lost customer is still worth on the day of leaving.

        Returns
        -------
        pandas.DataFrame
            ``share`` contacted, ``n``, ``n_left`` of them, ``net_benefit``, and ``net_benefit_by_gain`` where as many
            are ranked by what keeping them was expected to gain.
        """
        terms = Keeping(cost, share_prevented, months, annual_discount, worth_lost)
        known = self.customers["margin"].notna().to_numpy()
        if not known.any():
            raise ValueError("Nothing is known of margins, so nothing tells what a customer who is kept brings.")
        rows, ahead = self.customers[known], np.zeros((int(known.sum()), months))
        came = (rows["left_in"].to_numpy()[:, None] == np.arange(1, self.months + 1)).astype(float)
        ahead[:, : self.months] = self.leaves[known, :months]
        gains = []
        for leaves in (ahead, np.pad(came, ((0, 0), (0, months)))[:, :months]):
            gains.append(gain_of_keeping(leaves, rows["margin"].to_numpy(), terms))
        by_risk, by_gain = (np.argsort(-rank, kind="stable") for rank in (rows["within"].to_numpy(), gains[0]))
        found = {"share": SHARES, "n": first_of(len(rows)), "n_left": summed_up(came.sum(axis=1)[by_risk]).astype(int)}
        found |= {"net_benefit": summed_up(gains[1][by_risk]), "net_benefit_by_gain": summed_up(gains[1][by_gain])}
        return pd.DataFrame(found)


def _answer(found: RiskCheck) -> Iterator[str]:
    row = found.unforeseen().frame.iloc[0]
    caught, at_random = (format_percent(1 - row[name], 0) for name in ("share", "by_lot"))
    alike = ", which is not clearly another share" if row["share_high"] >= row["by_lot"] else ""
    yield (
        f"{found.verdict}. Each month's list of the riskiest {format_percent(found.flagged, 0)} caught {caught} of "
        f"those who left; as many customers picked at random would have caught {at_random}{alike}."
    )
    first, last = found.frame.iloc[0], found.frame.iloc[-1]
    held = format_percent(first["observed"] / found.n_lost, 0)
    yield (
        f"{held} of the losses came from the riskiest tenth, of which {format_percent(first['observed_share'])} left "
        f"within a month, of the safest {format_percent(last['observed_share'], 2)}; of two customers of whom one "
        f"leaves that one has the higher risk in {format_percent(found.ranked_right)} "
        f"[{format_percent(found.ranked_low)}, {format_percent(found.ranked_high)}] of cases, by chance in half."
    )
    far = "too far apart" if found.slope < 1 else "too close together"
    off = not WELL_SLOPED[0] <= found.slope <= WELL_SLOPED[1]
    said = f"risks are {far}" if off else "risks are neither too far apart nor too close together"
    ends = f"[{found.slope_low:.2f}, {found.slope_high:.2f}]"
    yield f"{lie_inside(*found.covered)}; {said} (slope {found.slope:.2f} {ends})."


def _more(found: RiskCheck) -> Iterator[str]:
    yield (
        f"The same model, fitted to what was known by {found.since}, judged on {found.months} months from then on: "
        f"{found.n:,} months of customers, {found.n_lost:,} losses."
    )
    better = 1 - found.brier / found.brier_constant
    yield (
        f"Against one chance for all the mean squared error is {format_percent(abs(better), 2)} "
        f"{'smaller' if better > 0 else 'larger'}: whether one customer leaves within one month is mostly chance."
    )
    (expected, low, high), left = found.ahead, int((found.customers["left_in"] > 0).sum())
    off = expected / left - 1 if left else 0.0
    size = f"{format_percent(abs(off))} too {'many' if off > 0 else 'few'}" if abs(off) >= LIMITS.exact else "as many"
    chance = "no more than chance explains" if low <= left <= high else "more than chance explains"
    yield (
        f"Of those here when the {found.months} months began, {format_count(expected)} [{format_count(low)}, "
        f"{format_count(high)}] were expected to leave in them and {format_count(left)} did: {size}, {chance}."
    )
    yield f"{what_intervals_hold(found.level, 'who leaves')}, not a change of prices or of the market."
    if found.n_unseen:
        yield f"Left out, with a label the model had not seen: {found.n_unseen:,} months of customers."
