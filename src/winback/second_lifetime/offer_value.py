"""What is each offer expected to bring and cost, by customer and on average, and how does that move with the model?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr

from winback.progress import progress
from winback.second_lifetime.bivariate_normal import normal_density
from winback.second_lifetime.expected_value import Outlook, expected_value, expected_value_slopes
from winback.second_lifetime.fitted import SecondLifetimeFit
from winback.second_lifetime.links import probit_slope
from winback.second_lifetime.parameters import correlation_slopes
from winback.second_lifetime.sample import EQUATIONS
from winback.tables import NO_OFFER
from winback.terms.catalog import Offer
from winback.terms.costs import assigned_offers
from winback.trial.contacts import contact_costs_under
from winback.trial.trial import Trial
from winback.uncertainty import normal_interval

ROWS_AT_ONCE = 20_000  # customers x parameters in memory at a time


def _cost(offer: Offer, outlook: Outlook, trial: Trial) -> np.ndarray:
    """Return the expected cost of an offer for each customer, shape (n,), by its trigger.

    Per contact it is certain, on acceptance it takes a return, while active it takes a return and runs month by month.
    """
    contact = np.full(len(outlook.a), float(offer.contact_cost))
    if offer.percent_of_value is not None:
        return contact + _share_taken_off(offer, trial) * _all_counted(expected_value, outlook, trial)
    if offer.paid == "per_contact":
        return contact + offer.full_cost
    if offer.paid == "on_acceptance":
        return contact + offer.full_cost * ndtr(outlook.a)
    return contact + offer.amount_per_month * _paid_months(expected_value, offer, outlook, trial)


def _cost_slopes(offer: Offer, outlook: Outlook, trial: Trial) -> np.ndarray:
    """Return how `_cost` moves with the model, shape (8, n), see `expected_value_slopes`."""
    slopes = np.zeros((8, len(outlook.a)))
    if offer.percent_of_value is not None:
        slopes = _share_taken_off(offer, trial) * _all_counted(expected_value_slopes, outlook, trial)
    elif offer.paid == "on_acceptance":
        slopes[0] = offer.full_cost * normal_density(outlook.a)
    elif offer.paid == "while_active":
        slopes = offer.amount_per_month * _paid_months(expected_value_slopes, offer, outlook, trial)
        slopes[[2, 4]] = 0  # what is paid does not depend on the margin
    return slopes


def _share_taken_off(offer: Offer, trial: Trial) -> float:
    """Return which share of the margin an offer takes that takes a percentage off the price."""
    if offer.max_cost is not None:
        raise ValueError(
            f"Offer {offer.name!r} takes a percentage off, with max_cost: a model expects what customers bring on "
            "average, not how many reach the cap. Leave max_cost out."
        )
    return offer.percent_of_value / (trial.offers.margin_share or 1.0)


def _all_counted(of, outlook, trial):
    return of(outlook, trial.horizon_months, trial.annual_discount)


def _paid_months(of, offer, outlook, trial):
    months = min(offer.paid_months, trial.horizon_months)
    if months == 0:
        return of(outlook, 1.0, 0.0) * 0.0
    return of(outlook.months_only(), months, trial.annual_discount)


@dataclass(frozen=True)
class _Piece:
    """Some customers under an offer: whose label the model sees, and which contract is paid."""

    rows: np.ndarray  # positions
    label: str
    contract: Offer | None  # None costs nothing
    extra_contact_cost: float = 0.0

    def cost(self, outlook: Outlook, trial: Trial) -> np.ndarray | float:
        """Return what the contract is expected to cost for its customers, rows of an outlook on everybody."""
        if self.contract is None:
            return 0.0
        return self.extra_contact_cost + _cost(self.contract, outlook.rows(self.rows), trial)


def _pieces_of(offer, fit, customers, catalog) -> list[_Piece]:
    """Return which customers are valued with which label and contract under an offer."""
    everyone = np.arange(len(customers))
    if offer == NO_OFFER:
        return [_Piece(everyone, NO_OFFER, None)]
    contract = catalog[offer]
    if contract.tailored_by is None:
        return [_Piece(everyone, offer, contract)]
    assigned = assigned_offers(customers, contract)
    sent = offer in fit.offers or not fit.offers  # tried as an offer of its own, so the model knows it
    return [
        _Piece(np.flatnonzero(assigned == name), offer if sent else name, catalog[name], float(contract.contact_cost))
        for name in sorted(set(assigned))
    ]


def value_offers(
    fit: SecondLifetimeFit,
    trial: Trial,
    customers: pd.DataFrame,
    numbers_of: Callable[[list[str]], Iterable[dict[str, np.ndarray]]] | None = None,
) -> dict[str, pd.DataFrame]:
    """Return ``net_values``, expected ``costs`` and ``chances`` of return, each customers x offers.

    The offers are the trial's, and none where the model knows untreated customers. ``numbers_of`` gives the design of
    each equation under each label of ``offer`` where they are at hand, as `fit.numbers` does.
    """
    if trial.horizon_months is None:
        raise ValueError("A model of second lifetimes needs second_tenure, second_ended and second_margin.")
    if trial.horizon_months == np.inf and fit.distribution == "loglogistic":
        raise ValueError("Log-logistic tenures have too heavy a tail to be counted without end: state a horizon.")
    offers = [*trial.offers.names, *([NO_OFFER] if NO_OFFER in fit.offers else [])]
    pieces = [
        (at, piece)
        for at, name in enumerate(offers)
        for piece in _pieces_of(name, fit, customers, trial.offers.as_paid)
    ]
    contacts = [contact_costs_under(trial, customers, name) for name in offers]
    labels = list(dict.fromkeys(piece.label for _, piece in pieces))
    values, costs, chances = np.empty((3, len(offers), len(customers)))
    designs = fit.numbers(customers, labels) if numbers_of is None else numbers_of(labels)
    for label, numbers in zip(labels, designs, strict=True):
        outlook = fit.outlook(numbers)
        value, chance = expected_value(outlook, trial.horizon_months, trial.annual_discount), ndtr(outlook.a)
        for at, piece in pieces:
            if piece.label == label:
                costs[at, piece.rows] = cost = piece.cost(outlook, trial) + contacts[at][piece.rows]
                values[at, piece.rows] = value[piece.rows] - cost
                chances[at, piece.rows] = chance[piece.rows]
    index = pd.Index(customers["customer_id"], name="customer_id")
    found = {"net_values": values, "costs": costs, "chances": chances}
    return {name: pd.DataFrame(array.T, index=index, columns=offers) for name, array in found.items()}


def _value_slopes(values, offer) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield rows of `SecondLifetimeValues`, and how their values under an offer move with the parameters, (n, p)."""
    fit, trial = values.fit, values.trial
    for piece in _pieces_of(offer, fit, values.customers, trial.offers):
        for start in range(0, len(piece.rows), ROWS_AT_ONCE):
            rows = piece.rows[start : start + ROWS_AT_ONCE]
            numbers = next(fit.numbers(values.customers.iloc[rows], [piece.label]))
            outlook = fit.outlook(numbers)
            slopes = expected_value_slopes(outlook, trial.horizon_months, trial.annual_discount)
            if piece.contract is not None:
                slopes = slopes - _cost_slopes(piece.contract, outlook, trial)
            yield rows, _parameter_slopes(fit, numbers, slopes)


def _parameter_slopes(fit, numbers, slopes) -> np.ndarray:
    """Return how something moves with each parameter of a fit, shape (n, p), from its slopes in the eight numbers."""
    if fit.link == "logit":
        slopes[0] *= probit_slope(numbers["reacquisition"] @ fit.coefficients("reacquisition"))
    linear = [numbers[equation] * slopes[place][:, None] for place, equation in enumerate(EQUATIONS)]
    free = slopes[5:].T @ correlation_slopes(fit.theta[-3:])
    return np.column_stack([*linear, slopes[3:5].T, free])


def summed_slopes(fit: SecondLifetimeFit, numbers: Mapping[str, np.ndarray], slopes: np.ndarray) -> np.ndarray:
    """Return how a sum over customers moves with each parameter of a fit, (p,), from its slopes (8, n).

    The same as the column sums of `_parameter_slopes`, without a row per customer in memory.
    """
    if fit.link == "logit":
        linear = numbers["reacquisition"] @ fit.coefficients("reacquisition")
        slopes = np.vstack([slopes[:1] * probit_slope(linear), slopes[1:]])
    parts = [slopes[place] @ numbers[equation] for place, equation in enumerate(EQUATIONS)]
    return np.concatenate(
        [*parts, slopes[3:5].sum(axis=1), slopes[5:].sum(axis=1) @ correlation_slopes(fit.theta[-3:])]
    )


def mean_slopes(values, offer: str, rows: np.ndarray) -> np.ndarray:
    """Return how the mean value of some customers (positions) under an offer moves with the parameters, (p,)."""
    chosen = np.zeros(len(values.customers), dtype=bool)
    chosen[rows] = True
    return sum(moved[chosen[each]].sum(axis=0) for each, moved in _value_slopes(values, offer)) / len(rows)


def std_errors_of(values) -> pd.DataFrame:
    """Return the standard error of each value, customers x offers."""
    errors = np.empty(values.net_values.shape)
    for place, offer in enumerate(progress(values.net_values.columns, "offers")):
        for rows, slopes in _value_slopes(values, offer):
            variance = np.einsum("ij,ij->i", slopes @ values.fit.covariance, slopes)
            errors[rows, place] = np.sqrt(np.maximum(variance, 0.0))
    return pd.DataFrame(errors, index=values.net_values.index, columns=values.net_values.columns)


def average_values(values, codes: np.ndarray, labels: list) -> pd.DataFrame:
    """Return averages per customer of each segment and offer, see `SecondLifetimeValues.segments`.

    ``codes`` (n,) are positions of customers' segments in ``labels``; -1: in none.
    """
    members = np.eye(len(labels) + 1)[:, :-1]  # the last row is for those in none
    slopes = {}
    for offer in progress(values.net_values.columns, "offers"):
        sums = sum(members[codes[rows]].T @ moved for rows, moved in _value_slopes(values, offer))
        slopes[offer] = sums / members[codes].sum(axis=0)[:, None]
    return pd.DataFrame(
        {"segment": label} | _row(values, offer, codes == place, {name: of[place] for name, of in slopes.items()})
        for place, label in enumerate(labels)
        for offer in values.net_values.columns
    )


def _row(values, offer, inside, slopes) -> dict:
    """Return the averages of some customers under one offer."""
    frames = (values.net_values, values.costs, values.chances)
    net, cost, chance = (frame[offer].to_numpy()[inside].mean() for frame in frames)
    row = {"offer": offer, "n": int(inside.sum()), "chance_of_return": chance, "value": net + cost, "cost": cost}
    row |= _with_interval("net_value", net, slopes[offer], values.fit)
    if NO_OFFER in values.net_values and offer != NO_OFFER:
        gain = net - values.net_values[NO_OFFER].to_numpy()[inside].mean()
        row |= _with_interval("gain", gain, slopes[offer] - slopes[NO_OFFER], values.fit)
    if values.beside is not None:
        row["net_value_beside"] = values.net_values_beside[offer].to_numpy()[inside].mean()
    return row


def _with_interval(name, estimate, slopes, fit) -> dict[str, float]:
    error = float(np.sqrt(max(slopes @ fit.covariance @ slopes, 0.0)))
    low, high = map(float, normal_interval(estimate, error, fit.level))
    return {name: float(estimate), f"{name}_std_error": error, f"{name}_low": low, f"{name}_high": high}
