"""Does the model's money agree with what the trial measured? Offer by offer, with the gap in money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from winback.results import Result, Sentences, format_money, join_words
from winback.second_lifetime.measured import measured_outcomes
from winback.tables import NO_OFFER
from winback.uncertainty import normal_interval

if TYPE_CHECKING:
    from winback.second_lifetime.valuation import SecondLifetimeValues

EVERY_OFFER = "every offer"


@dataclass(frozen=True, repr=False)
class ModelCheck(Result):
    """A model's average values beside measured ones, see `compare_with_trial`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per offer, and one for every offer together: ``offer``, ``n``, ``measured`` value per customer, net
        of cost, ``expected`` by the model for the same customers, ``gap`` = expected - measured with ``gap_low`` and
        ``gap_high``.
    horizon_months : float
    currency : str
    """

    frame: pd.DataFrame = field(repr=False)
    horizon_months: float
    currency: str = "$"
    shown: ClassVar[Mapping[str, tuple[str, str]]] = {
        "offer": ("Offer", "text"),
        "n": ("Customers", "count"),
        "measured": ("Measured net value per customer", "money"),
        "expected": ("The model expects", "money"),
        "gap": ("Too much by", "money"),
    }

    def describe(self) -> Sentences:
        """Say where the model's money is wrong."""
        return Sentences.of(_lines(self))


def compare_with_trial(values: SecondLifetimeValues, *, held_out: bool = False, level: float = 0.95) -> ModelCheck:
    """Set what a model expects under each customer's own offer beside what the trial measured.

    A model whose shape does not suit the data shows it here in money. Values are gross, net of the offer's cost, within
    the horizon; where the data end before a customer does, measured ones are pseudo-observations within the offer's
    group. The interval of the gap allows for the chance error of the measured values, customer by customer, and for
    customers the model was not fitted on also for the model's own.

    Parameters
    ----------
    values : SecondLifetimeValues
        Of customers of the trial, over a horizon that its follow-up supports.
    held_out : bool
        Whether these are customers the model was not fitted on.
    level : float
        Of the intervals.

    Returns
    -------
    ModelCheck

    Examples
    --------
    >>> import winback as wb
    >>> study = wb.load_telecom_study()
    >>> formulas = dict.fromkeys(["reacquisition", "tenure", "margin"], "offer + reason")
    >>> fit = wb.fit_two_part(study.trial, **formulas)
    >>> values = wb.second_lifetime_value(fit, study.trial)
    >>> wb.compare_with_trial(values).frame[["offer", "measured", "expected"]].round(0).head(2)
          offer  measured  expected
    0  discount     361.0     362.0
    1   upgrade     341.0     338.0
    """
    outcomes = measured_outcomes(values)
    outcomes = outcomes.assign(
        measured=outcomes["value"] - outcomes["cost"], expected=outcomes["expected_value"] - outcomes["expected_cost"]
    )
    arms = dict(list(outcomes.groupby("offer", sort=False)))
    slopes = {offer: values.mean_slopes(offer, arm["row"].to_numpy()) for offer, arm in arms.items()}
    rows = [_row(offer, [arm], [slopes[offer]], values, held_out, level) for offer, arm in arms.items()]
    sent = [offer for offer in arms if offer != NO_OFFER]
    if len(sent) > 1:
        parts = [arms[offer] for offer in sent], [slopes[offer] for offer in sent]
        rows.append(_row(EVERY_OFFER, *parts, values, held_out, level))
    return ModelCheck(pd.DataFrame(rows), values.horizon.months, values.currency)


def _row(name, arms, slopes, values, held_out, level) -> dict:
    """Return measured and expected value of the customers of one arm or several."""
    gaps = [(arm["expected"] - arm["measured"]).to_numpy() for arm in arms]
    sizes = np.array([len(arm) for arm in arms])
    variance = sum(gap.var(ddof=1) * len(gap) for gap in gaps) / sizes.sum() ** 2
    if held_out:
        slope = np.average(slopes, axis=0, weights=sizes)
        variance += slope @ values.fit.covariance @ slope
    everyone = pd.concat(arms)
    row = {"offer": name, "n": len(everyone), "measured": everyone["measured"].mean()}
    row |= {"expected": everyone["expected"].mean(), "gap": np.concatenate(gaps).mean()}
    low, high = normal_interval(row["gap"], np.sqrt(variance), level)
    return row | {"gap_low": float(low), "gap_high": float(high)}


def _lines(check: ModelCheck) -> Iterator[str]:
    frame = check.frame
    every = frame[frame["offer"] == EVERY_OFFER]
    frame = frame[frame["offer"] != EVERY_OFFER]
    off = frame[(frame["gap_low"] > 0) | (frame["gap_high"] < 0)]
    if off.empty:
        yield "For no offer does the model's average value differ from the measured one by more than chance explains."
    for row in off.sort_values("gap", key=abs, ascending=False).to_dict("records"):
        size, low, high = (format_money(abs(row[name]), check.currency) for name in ("gap", "gap_low", "gap_high"))
        low, high = (low, high) if row["gap"] > 0 else (high, low)
        yield (
            f"For {row['offer']} the model expects {size} too {'much' if row['gap'] > 0 else 'little'} per customer "
            f"[{low}, {high}], where {format_money(row['measured'], check.currency)} was measured."
        )
    fine = list(frame.loc[~frame.index.isin(off.index), "offer"])
    if fine and len(off):
        yield f"For {join_words(fine)} the difference is within chance."
    for row in every.to_dict("records"):
        ends = ("gap", "gap_low", "gap_high")
        gap, low, high = (format_money(row[name], check.currency, signed=True) for name in ends)
        yield f"Over all offers together the model's value less the measured one is {gap} per customer [{low}, {high}]."
    yield f"Values are gross, net of the offer's cost, within {check.horizon_months:.1f} months."
