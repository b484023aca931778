r"""What would a lost customer bring who came back, how likely is that, and what may an offer cost at most?

With V what one brings within the horizon who comes back after an offer (chance p), and :math:`V_0` who comes back
unasked (chance :math:`r_0`), an offer must not cost more than

.. math:: V - r_0 V_0 / p \text{ on acceptance}, \qquad p V - r_0 V_0 \text{ per contact}

Without any trial V is an expectation: the customer's own margin a month times the months that a second life lasts,
:math:`V = m \int_0^H S(t) e^{-kt} dt` with S the Kaplan-Meier curve of the second lives in the base.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from winback.base.base import Base
from winback.base.customers import places_among
from winback.discounting import discounted_months
from winback.doors import ArgumentError
from winback.labels import number_words
from winback.lost.lost_customers import LostCustomers
from winback.pseudo_observations import longest_supported_horizon, pseudo_months
from winback.results import format_count
from winback.tables import NO_OFFER
from winback.uncertainty import mean_interval

FEWEST_BACK = 30  # of fewer second lives a mean tells more of chance than of customers


@dataclass(frozen=True)
class SecondStay:
    """How many (discounted) months a second life lasts within the horizon, and where that is from."""

    months: float
    low: float  # missing where it is not of second lives
    high: float
    source: str  # in words


def second_stay(base: Base, lost: LostCustomers, horizon: float, annual_discount: float) -> SecondStay:
    """Return how long a second life lasts: as in the base, or else as long as first ones did."""
    n = len(lost.second_months)
    if n >= FEWEST_BACK:
        reach = min(horizon, longest_supported_horizon(lost.second_months, lost.second_ended))
        stays = pseudo_months(lost.second_months, lost.second_ended, reach, annual_discount)
        mean, _, low, high = map(float, mean_interval(stays))
        said = f"second stays as long as those of the {format_count(n)} who came back"
        if reach < horizon:
            said += f", counted up to {number_words(round(reach, 1))} months, as nobody was seen for longer"
        return SecondStay(mean, low, high, said)
    lives = base.first_lives()
    months, ended = lives["first_tenure"].to_numpy(dtype=float), lives["first_ended"].to_numpy(dtype=bool)
    since = lives["first_watched_from"].to_numpy(dtype=float) if "first_watched_from" in lives else None
    reach = min(horizon, longest_supported_horizon(months, ended))
    mean = float(pseudo_months(months, ended, reach, annual_discount, since=since).mean())
    only = f"only {format_count(n)}" if n else "nobody"
    return SecondStay(mean, np.nan, np.nan, f"second stays assumed to last as long as first ones, as {only} came back")


def most_on_acceptance(value: ArrayLike, chance: ArrayLike, organic: ArrayLike = 0.0, organic_value=None) -> np.ndarray:
    r"""Return the most an offer may cost that is paid on acceptance, :math:`V - r_0 V_0 / p`.

    Examples
    --------
    >>> float(most_on_acceptance(900.0, 0.45, 0.15).round(6))
    600.0
    """
    value, chance = np.asarray(value, dtype=float), np.asarray(chance, dtype=float)
    organic_value = value if organic_value is None else np.asarray(organic_value, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return value - np.where(np.asarray(organic) > 0, organic * organic_value / chance, 0.0)


def most_per_contact(value: ArrayLike, chance: ArrayLike, organic: ArrayLike = 0.0, organic_value=None) -> np.ndarray:
    r"""Return the most an offer may cost that is paid for each contact, :math:`p V - r_0 V_0`.

    Examples
    --------
    >>> float(most_per_contact(900.0, 0.45, 0.15).round(6))
    270.0
    """
    value, organic = np.asarray(value, dtype=float), np.asarray(organic, dtype=float)
    organic_value = value if organic_value is None else np.asarray(organic_value, dtype=float)
    return np.asarray(chance, dtype=float) * value - np.where(organic > 0, organic * organic_value, 0.0)


def expected_by(fit: Any, base: Base, lost: LostCustomers, terms: tuple[float, float]) -> pd.DataFrame:
    """Return what a fit, or values by one, expects of each lost customer under the offer that earns most.

    Parameters
    ----------
    fit : fit of `fit_two_part` or `fit_joint`, or SecondLifetimeValues
    base : Base
    lost : LostCustomers
    terms : tuple of float
        Horizon in months and annual discount; values have their own.

    Returns
    -------
    pandas.DataFrame
        One row per lost customer: ``offer`` (where there are several), ``value_at_stake`` (of one who comes back),
        ``chance``, ``organic`` and ``organic_value`` without an offer, ``cost`` where it is known; missing where
        nothing is known.
    """
    if all(hasattr(fit, name) for name in ("net_values", "costs", "chances")):
        gross, chances, costs = fit.net_values + fit.costs, fit.chances, fit.costs
    elif hasattr(fit, "predict") and hasattr(fit, "designs"):
        gross, chances, costs = (*_predicted(fit, base, terms), None)
    else:
        raise ArgumentError(
            "triage: `fit` must be a fit of fit_two_part or fit_joint, or what second_lifetime_value gives; got "
            f"{type(fit).__name__}."
        )
    places = places_among(lost.frame["customer_id"], gross.index)
    places = np.where(lost.first_loss, places, -1)  # a fit of first losses; the last row: nothing is known
    return _best(gross, chances, costs).iloc[places].reset_index(drop=True)


def _predicted(fit: Any, base: Base, terms: tuple[float, float]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return expected value (chance times what a return brings) and chance of those lost, customers x offers."""
    horizon, annual_discount = terms
    table = base.lapsed(asof=base.until).frame
    found = fit.predict(table, list(fit.offers) or None, horizon_months=horizon)
    if "offer" not in found:
        found["offer"] = "an offer"
    found["gross"] = found["chance_of_return"] * found["margin_if_returned"] * discounted_months(
        found["tenure_if_returned"], annual_discount
    )  # fmt: skip
    by = found.set_index(["customer_id", "offer"])
    return tuple(by[name].unstack() for name in ("gross", "chance_of_return"))  # noqa: PD010


def _best(gross: pd.DataFrame, chances: pd.DataFrame, costs: pd.DataFrame | None) -> pd.DataFrame:
    """Return the offer that earns most beyond what comes back unasked, and a last row of nothing known."""
    offers = [name for name in gross if name != NO_OFFER] or list(gross)
    earned = gross[offers].to_numpy() - (0.0 if costs is None else costs[offers].to_numpy())
    best, rows = earned.argmax(axis=1), np.arange(len(gross))
    chance, brought = (table[offers].to_numpy()[rows, best] for table in (chances, gross))
    untreated = NO_OFFER in gross and offers != [NO_OFFER]
    organic = chances[NO_OFFER].to_numpy() if untreated else np.full(len(gross), np.nan)
    organic_money = gross[NO_OFFER].to_numpy() if untreated else np.full(len(gross), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        each, organic_each = brought / chance, organic_money / organic
    columns = {"value_at_stake": each, "chance": chance, "organic": organic, "organic_value": organic_each}
    if costs is not None:
        columns["cost"] = costs[offers].to_numpy()[rows, best]
    if len(offers) > 1:
        columns = {"offer": np.array(offers, dtype=object)[best], **columns}
    return pd.DataFrame(columns).reindex(range(len(gross) + 1))
