"""Does the model's money agree with what the trial measured? Offer by offer, with the gap in money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from winback.offers.measured import measured_outcomes
from winback.results import Result, Sentences, format_money, join_words
from winback.tables import NO_OFFER
from winback.uncertainty import normal_quantile

if TYPE_CHECKING:
    from winback.second_lifetime.valuation import SecondLifetimeValues

EVERY_OFFER = "every offer"


@dataclass(frozen=True, repr=False)
class ModelCheck(Result):
    """A model's average values beside measured ones, see `compare_with_trial`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per offer, and one for every offer together: ``offer``, ``n``, ``measured`` value per customer (before
        cost), ``expected`` by the model for the same customers, ``gap`` = expected - measured with ``gap_low`` and
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
        "measured": ("Measured value per customer", "money"),
        "expected": ("The model expects", "money"),
        "gap": ("Too much by", "money"),
    }

    def to_frame(self) -> pd.DataFrame:
        """Return one row per offer."""
        return self.frame.copy()

    def describe(self) -> Sentences:
        """Say where the model's money is wrong."""
        return Sentences.of(_lines(self))


def compare_with_trial(values: SecondLifetimeValues, level: float = 0.95) -> ModelCheck:
    """Set what a model expects under each customer's own offer beside what the trial measured.

    A model whose shape does not suit the data shows it here in money. Measured values are gross, before cost, within
    the horizon; where the data end before a customer does they are pseudo-observations within the offer's group. The
    interval of the gap allows for the measured values' chance error, customer by customer.

    Parameters
    ----------
    values : SecondLifetimeValues
        Of customers of the trial, over a horizon that its follow-up supports.
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
    >>> fit = wb.fit_two_part(study.lapsed, **formulas)
    >>> values = wb.second_lifetime_value(fit, study.lapsed, study.offers)
    >>> wb.compare_with_trial(values).frame[["offer", "measured", "expected"]].round(0).head(2)
          offer  measured  expected
    0  discount     415.0     416.0
    1   upgrade     384.0     381.0
    """
    outcomes = measured_outcomes(values)
    z = normal_quantile(level)
    rows = []
    for offer, arm in outcomes.groupby("offer", sort=False):
        gaps = (arm["expected_value"] - arm["value"]).to_numpy()
        error = gaps.std(ddof=1) / np.sqrt(len(gaps))
        row = {"offer": offer, "n": len(arm), "measured": arm["value"].mean(), "expected": arm["expected_value"].mean()}
        rows.append(row | {"gap": gaps.mean(), "gap_low": gaps.mean() - z * error, "gap_high": gaps.mean() + z * error})
    rows.append(_all_offers(outcomes[outcomes["offer"] != NO_OFFER], z))
    return ModelCheck(pd.DataFrame(rows), values.horizon.months, values.currency)


def _all_offers(sent, z) -> dict:
    """Return the row of all customers who were sent an offer."""
    gaps = sent["expected_value"] - sent["value"]
    error = np.sqrt((gaps.groupby(sent["offer"]).var(ddof=1) * gaps.groupby(sent["offer"]).size()).sum()) / len(sent)
    row = {"offer": EVERY_OFFER, "n": len(sent), "measured": sent["value"].mean()}
    row |= {"expected": sent["expected_value"].mean(), "gap": gaps.mean()}
    return row | {"gap_low": gaps.mean() - z * error, "gap_high": gaps.mean() + z * error}


def _lines(check: ModelCheck) -> Iterator[str]:
    frame = check.frame
    off = frame[(frame["gap_low"] > 0) | (frame["gap_high"] < 0)]
    if off.empty:
        row = frame.iloc[-1]
        gap, low, high = (
            format_money(row[name], check.currency, signed=True) for name in ("gap", "gap_low", "gap_high")
        )
        yield "For no offer does the model's average value differ from the measured one by more than chance explains."
        yield f"Over all offers the model's value less the measured one is {gap} per customer [{low}, {high}]."
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
    yield f"Values are gross, before the offer's cost, within {check.horizon_months:.1f} months."
