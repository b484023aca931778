"""When has an offer earned its cost back? Profit per customer counted up to each month, as the trial showed it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.doors import door
from winback.offers.compared import OfferComparison
from winback.offers.comparison_figures import assumed_incremental
from winback.results import Result, Sentences, join_words
from winback.skewness import skewed_interval
from winback.tables import NO_OFFER
from winback.trial import moments as m
from winback.trial.compared import compared_moments
from winback.uncertainty import normal_quantile

START = 0.01  # of a month: the cost of the offer is due, and next to nothing has come in
MOST_MONTHS = 36  # looked at; over a longer horizon every second or third


@dataclass(frozen=True, repr=False)
class Payback(Result):
    """Each offer's profit per customer counted up to each month after the return, see `payback`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per offer, in the catalogue's order: ``offer``, ``cost``, ``pays_back`` (the first month from which on
        profit is never below zero; missing where that is not within the horizon), ``surely`` (likewise of the lower
        end of its interval) and ``profit`` at the horizon.
    months : pandas.DataFrame
        One row per offer and month: ``offer``, ``month``, ``profit`` per customer offered counted up to it, with
        ``profit_low`` and ``profit_high``, each for itself.
    kind : str
        Whether profit is ``incremental`` or ``gross``.
    """

    frame: pd.DataFrame
    months: pd.DataFrame = field(repr=False)
    kind: str
    horizon_months: float
    assumed: bool = False
    built_in: str = ""  # what a simulation planted about when customers return
    catalogue: tuple[str, ...] = field(default=(), repr=False)
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "offer": ("Offer", "text"),
        "cost": ("Cost per customer", "money"),
        "pays_back": ("Pays back by month", "count"),
        "surely": ("Beyond chance by month", "count"),
        "profit": ("Profit per customer at the horizon", "money"),
    }

    @property
    def headline(self) -> str:
        """By which month each offer has paid back, in one sentence, soonest first."""
        known = self.frame[self.frame["pays_back"].notna()].sort_values("pays_back", kind="stable")
        never = self.frame["offer"][self.frame["pays_back"].isna()]
        within = f"within {self.horizon_months:.0f} months"
        if known.empty:
            return f"No offer pays back {within}"
        parts = []
        for month, rows in known.groupby("pays_back", sort=True):
            when = "at once" if month == 0 else f"by month {month:.0f}"
            parts.append(f"{join_words(rows['offer'])} {when}")
        said = f"Paid back: {', '.join(parts)}"
        return f"{said}; not {within}: {join_words(never)}" if len(never) else said

    def describe(self) -> Sentences:
        """Say when each offer has paid back, and when that is beyond chance."""
        return Sentences.of([f"{self.headline}.", *self._surely()])

    def _surely(self) -> Iterator[str]:
        surely = self.frame[self.frame["surely"].notna()].sort_values("surely", kind="stable")
        if len(surely):
            each = [f"{row.offer} by month {row.surely:.0f}" for row in surely.itertuples()]
            yield f"Beyond chance that holds for {join_words(each)}."
        never = self.frame[self.frame["surely"].isna() & self.frame["pays_back"].notna()]
        if len(never):
            yield f"Within the horizon it is not shown beyond chance for {join_words(never['offer'])}."

    def details(self) -> Sentences:
        """Say from when months count, and of what profit is made."""
        what = {
            "incremental": "less what came in from those who were sent nothing",
            "gross": "before what would have come anyway, which is not known, so that offers pay back later than this",
        }[self.kind]
        what = "less what is assumed to have come anyway" if self.assumed else what
        planted = f"; {self.built_in}" if self.built_in else ""
        return Sentences.of(
            [
                f"Months count from a customer's return, not from the offer{planted}.",
                f"Profit is margin less cost, per customer sent the offer, {what}.",
            ]
        )


@door
def payback(comparison: OfferComparison) -> Payback:
    r"""Return what each offer has earned by each month after the return, and from which month on it has paid back.

    .. math:: P_k(m) = \bar Y_k(m) - \bar C_k(m) - \bar Y_0(m)

    with :math:`\bar Y(m)` the mean margin within m months of the return and :math:`\bar C(m)` the mean cost due by
    then: the comparison itself, made at each month in place of its horizon.

    Parameters
    ----------
    comparison : OfferComparison
        From `winback.compare_offers` of a trial with second lifetimes.

    Raises
    ------
    ValueError
        When only figures of each offer are known, or value was measured directly: nothing tells when it came in.

    Examples
    --------
    >>> import winback as wb
    >>> payback(wb.compare_offers(wb.load_telecom_study().trial)).frame[["offer", "pays_back"]].to_numpy().tolist()
    [['discount', 4.0], ['upgrade', 3.0], ['bundle', 6.0], ['tailored', 4.0]]
    """
    trial = comparison.trial
    if trial is None or trial.horizon_months is None:
        why = "Only figures of each offer are known" if trial is None else "`value` was measured directly"
        raise ValueError(f"{why}, so nothing tells when money came in. A payback needs second lifetimes.")
    parts = [_until(comparison, month) for month in _months(trial.horizon_months)]
    months = pd.concat(parts, ignore_index=True)
    order = {name: place for place, name in enumerate(comparison.catalogue)}
    months = months.sort_values(["offer", "month"], key=_by(order), kind="stable", ignore_index=True)
    frame = pd.DataFrame([_row(offer, rows) for offer, rows in months.groupby("offer", sort=False)])
    months = months.drop(columns="cost")
    how = {"assumed": trial.organic is not None, "catalogue": comparison.catalogue, "currency": trial.currency}
    how["built_in"] = trial.built_in.get("day of the return", "")
    return Payback(frame, months, comparison.kind, trial.horizon_months, **how)


def _by(order):
    """Return a sorting key: offers by their place, months as they are."""
    return lambda column: column.map(order) if column.name == "offer" else column


def _months(horizon: float) -> list[float]:
    """Return the months looked at: the start, whole months, and the horizon."""
    step = int(np.ceil(horizon / MOST_MONTHS))
    whole = np.arange(step, horizon, step, dtype=float)
    return [START, *whole[whole < horizon - 1e-9], horizon]


def _until(comparison: OfferComparison, month: float) -> pd.DataFrame:
    """Return every offer's profit counted up to a month, as if that were the horizon."""
    trial, whole = comparison.trial, month == comparison.trial.horizon_months
    moments = compared_moments(trial if whole else trial.over(horizon_months=month))
    settings = replace(comparison.settings, horizon_months=month)
    if settings.organic_value is not None and comparison.control is None:
        settings = replace(settings, organic_value=settings.organic_value * _come_in(comparison, moments))
    arms = m.stack_arms([moments[name] for name in trial.sent])
    control = None if comparison.control is None else moments[NO_OFFER]
    profit, low, high = _profit(arms, control, settings)
    known = {"month": 0.0 if month == START else month, "cost": arms.combine(m.COST)[0]}
    return pd.DataFrame({"offer": trial.sent, "profit": profit, "profit_low": low, "profit_high": high, **known})


def _profit(arms, control, settings) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return each offer's profit with its interval, as a comparison gives it."""
    if settings.organic is not None:
        found = assumed_incremental(arms, settings)
        return tuple(found[f"incremental_profit{end}"].to_numpy() for end in ("", "_low", "_high"))
    estimate, variance = m.profit(arms, control)
    length = m.skew_length(m.pooled(arms, control), m.PROFIT, arms, control)
    return estimate, *skewed_interval(estimate, np.sqrt(variance), length, normal_quantile(settings.level))


def _come_in(comparison: OfferComparison, moments) -> float:
    """Return which share of the value of those who returned has come in by then: an assumed one comes in likewise."""
    whole = compared_moments(comparison.trial)
    early, late = (sum(each[name].mean[0, 1] for name in comparison.trial.sent) for each in (moments, whole))
    return early / late if late else 1.0


def _row(offer: str, rows: pd.DataFrame) -> dict:
    last = rows.iloc[-1]
    pays, surely = (_from(rows["month"], rows[name]) for name in ("profit", "profit_low"))
    return {"offer": offer, "cost": last["cost"], "pays_back": pays, "surely": surely, "profit": last["profit"]}


def _from(months: pd.Series, amounts: pd.Series) -> float:
    """Return the first month from which on an amount is never below zero; missing where there is none."""
    below = np.flatnonzero(amounts.to_numpy() < 0)
    place = below[-1] + 1 if len(below) else 0
    return float(months.iloc[place]) if place < len(months) else np.nan
