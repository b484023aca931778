"""Does the model's money agree with what the trial measured? Offer by offer, with the gap in money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
import pandas as pd

from winback.clusters import cluster_codes, covariance_of_means
from winback.labels import value_words
from winback.money import format_alike
from winback.results import Result, Sentences, format_money
from winback.second_lifetime.offer_value import mean_slopes
from winback.tables import NO_OFFER
from winback.trial.trial_table import typed_trial
from winback.uncertainty import normal_interval

EVERY_OFFER = "every offer"


@dataclass(frozen=True, repr=False)
class ModelCheck(Result):
    """A model's average values beside measured ones, see `SecondLifetimeValues.check`.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row per offer, and one for every offer together: ``offer``, ``n``, ``measured`` value per customer, net
        of cost, ``expected`` by the model for the same customers, ``gap`` = expected - measured with ``gap_low`` and
        ``gap_high``.
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
        return Sentences.of(_answer(self))

    def details(self) -> Sentences:
        """Say which other offers are off, which are not, and what is compared."""
        off, fine = _missed(self)
        others = [_miss(row, self) for row in off.iloc[1:].to_dict("records")]
        fits = [f"{value_words('offer', *fine)} the difference is within chance."] if fine and len(off) else []
        basis = f"Values are gross, net of the offer's cost, within {self.horizon_months:.1f} months."
        return Sentences.of([*others, *fits, basis])


def measured_outcomes(values) -> pd.DataFrame:
    """Return what each customer of the trial brought and cost, beside what a model expected.

    One row per customer in the trial (``eligible`` where given): ``row`` (position in the table), ``offer``, ``value``
    and ``cost`` as the trial has them (money within the values' horizon), ``expected_value``, ``expected_cost`` and
    ``chance`` of return by the model, under the customer's own offer; ``cluster`` where customers belong together.

    Raises
    ------
    ValueError
        When the horizon reaches beyond the second lifetimes seen under some offer.
    """
    trial = values.trial
    if values.customers is not trial.lapsed:  # others, under the same terms
        trial = replace(trial, lapsed=typed_trial(values.customers, trial.offers), true_profits=None)
    groups, (value, spent) = trial.groups, trial.money
    pieces = []
    for place, offer in enumerate(groups.arms):
        if offer in values.net_values:
            rows = np.flatnonzero(groups.arm == place)
            cost, chance, net = (
                frame[offer].to_numpy()[rows] for frame in (values.costs, values.chances, values.net_values)
            )
            columns = {"row": rows, "offer": offer, "value": value[rows], "cost": spent[rows]}
            columns |= {"expected_value": net + cost, "expected_cost": cost, "chance": chance}
            if "cluster" in trial.lapsed:
                columns["cluster"] = trial.lapsed["cluster"].to_numpy()[rows]
            pieces.append(pd.DataFrame(columns))
    if not pieces:
        raise ValueError("None of these customers was in the trial: there is nothing to measure the model by.")
    return pd.concat(pieces, ignore_index=True)


def check_values(values, held_out: bool, level: float) -> ModelCheck:
    """Set what a model expects under each customer's own offer beside what the trial measured, see ``values.check``."""
    outcomes = values.measured
    outcomes = outcomes.assign(
        measured=outcomes["value"] - outcomes["cost"], expected=outcomes["expected_value"] - outcomes["expected_cost"]
    )
    arms = dict(list(outcomes.groupby("offer", sort=False)))
    slopes = {}
    if held_out:
        slopes = {offer: mean_slopes(values, offer, arm["row"].to_numpy()) for offer, arm in arms.items()}
    sent = [offer for offer in arms if offer != NO_OFFER]
    groups = {offer: [offer] for offer in arms} | ({EVERY_OFFER: sent} if len(sent) > 1 else {})
    rows = []
    for name, offers in groups.items():
        moved = [slopes[offer] for offer in offers if held_out]
        rows.append(_row(name, [arms[offer] for offer in offers], moved, values.fit.covariance, level=level))
    return ModelCheck(pd.DataFrame(rows), values.trial.horizon_months, values.currency)


def _row(name, arms, slopes, covariance, *, level) -> dict:
    """Return measured and expected value of one arm or several; slopes are given where the model's error counts."""
    gaps = [(arm["expected"] - arm["measured"]).to_numpy() for arm in arms]
    sizes = np.array([len(arm) for arm in arms])
    everyone = pd.concat(arms)
    if "cluster" in everyone:
        centred = np.concatenate([gap - gap.mean() for gap in gaps])
        variance = covariance_of_means(centred[:, None], cluster_codes(everyone["cluster"]))[0, 0]
    else:
        variance = sum(gap.var(ddof=1) * len(gap) for gap in gaps) / sizes.sum() ** 2
    if slopes:
        slope = np.average(slopes, axis=0, weights=sizes)
        variance += slope @ covariance @ slope
    row = {"offer": name, "n": len(everyone), "measured": everyone["measured"].mean()}
    row |= {"expected": everyone["expected"].mean(), "gap": np.concatenate(gaps).mean()}
    low, high = normal_interval(row["gap"], np.sqrt(variance), level)
    return row | {"gap_low": float(low), "gap_high": float(high)}


def _answer(check: ModelCheck) -> Iterator[str]:
    off, _ = _missed(check)
    if off.empty:
        yield "For no offer does the model's average value differ from the measured one by more than chance explains."
    for row in off.head(1).to_dict("records"):
        yield _miss(row, check)
    for row in check.frame[check.frame["offer"] == EVERY_OFFER].to_dict("records"):
        ends = ("gap", "gap_low", "gap_high")
        gap, low, high = format_alike([row[name] for name in ends], check.currency, signed=True)
        yield f"Over all offers together the model's value less the measured one is {gap} per customer [{low}, {high}]."


def _missed(check) -> tuple[pd.DataFrame, list[str]]:
    """Return the offers that are off by more than chance, farthest first, and the names of the others."""
    frame = check.frame[check.frame["offer"] != EVERY_OFFER]
    is_off = (frame["gap_low"] > 0) | (frame["gap_high"] < 0)
    return frame[is_off].sort_values("gap", key=abs, ascending=False), list(frame.loc[~is_off, "offer"])


def _miss(row, check) -> str:
    size, low, high = (format_money(abs(row[name]), check.currency) for name in ("gap", "gap_low", "gap_high"))
    low, high = (low, high) if row["gap"] > 0 else (high, low)
    return (
        f"{value_words('offer', row['offer'])} the model expects {size} too "
        f"{'much' if row['gap'] > 0 else 'little'} per customer [{low}, {high}], where "
        f"{format_money(row['measured'], check.currency)} was measured."
    )
