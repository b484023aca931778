"""What is one offer expected to bring and to cost for each customer, and how does that move with the model?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr

from winback.second_lifetime.bivariate_normal import normal_density
from winback.second_lifetime.correlations import correlation_slopes
from winback.second_lifetime.expected_value import Outlook, expected_value, expected_value_slopes
from winback.second_lifetime.fitted import SecondLifetimeFit
from winback.second_lifetime.horizon import Horizon
from winback.second_lifetime.links import probit_slope
from winback.second_lifetime.sample import EQUATIONS
from winback.tables import NO_OFFER
from winback.terms.catalog import Offer, OfferCatalog
from winback.terms.costs import assigned_offers


def offer_cost(offer: Offer, outlook: Outlook, horizon: Horizon) -> np.ndarray:
    """Return the expected cost of an offer for each customer, shape (n,), by its trigger.

    Per contact it is certain, on acceptance it takes a return, while active it takes a return and runs month by month.
    """
    contact = np.full(len(outlook.a), float(offer.contact_cost))
    if offer.paid == "per_contact":
        return contact + offer.full_cost
    if offer.paid == "on_acceptance":
        return contact + offer.full_cost * ndtr(outlook.a)
    return contact + offer.amount_per_month * _paid_months(expected_value, offer, outlook, horizon)


def offer_cost_slopes(offer: Offer, outlook: Outlook, horizon: Horizon) -> np.ndarray:
    """Return how `offer_cost` moves with the model, shape (8, n), see `expected_value_slopes`."""
    slopes = np.zeros((8, len(outlook.a)))
    if offer.paid == "on_acceptance":
        slopes[0] = offer.full_cost * normal_density(outlook.a)
    elif offer.paid == "while_active":
        slopes = offer.amount_per_month * _paid_months(expected_value_slopes, offer, outlook, horizon)
        slopes[[2, 4]] = 0  # what is paid does not depend on the margin
    return slopes


def _paid_months(of, offer, outlook, horizon):
    months = min(offer.paid_months, horizon.months)
    if months == 0:
        return of(outlook, 1.0, 0.0) * 0.0
    return of(outlook.months_only(), months, horizon.annual_discount)


@dataclass(frozen=True)
class Piece:
    """Some customers under an offer: whose label the model sees, and which contract is paid."""

    rows: np.ndarray  # positions
    label: str
    contract: Offer | None  # None costs nothing
    extra_contact_cost: float = 0.0


def pieces_of(offer: str, fit: SecondLifetimeFit, customers: pd.DataFrame, catalog: OfferCatalog) -> list[Piece]:
    """Return which customers are valued with which label and contract under an offer."""
    everyone = np.arange(len(customers))
    if offer == NO_OFFER:
        return [Piece(everyone, NO_OFFER, None)]
    contract = catalog[offer]
    if contract.tailored_by is None:
        return [Piece(everyone, offer, contract)]
    assigned = assigned_offers(customers, contract)
    sent = offer in fit.offers or not fit.offers  # tried as an offer of its own, so the model knows it
    return [
        Piece(np.flatnonzero(assigned == name), offer if sent else name, catalog[name], float(contract.contact_cost))
        for name in sorted(set(assigned))
    ]


def value_offers(
    fit: SecondLifetimeFit,
    customers: pd.DataFrame,
    catalog: OfferCatalog,
    horizon: Horizon,
    offers: Iterable[str],
    numbers_of: Callable[[list[str]], Iterable[dict[str, np.ndarray]]] | None = None,
) -> dict[str, pd.DataFrame]:
    """Return ``net_values``, expected ``costs`` and ``chances`` of return, each customers x offers.

    Parameters
    ----------
    fit, customers, catalog, horizon
        Who is valued, by what and under which terms.
    offers : iterable of str
        Columns wanted.
    numbers_of : callable, optional
        Labels of ``offer`` -> the design of each equation under each, where they are at hand; see `fit.numbers`.
    """
    offers = list(offers)
    pieces = [(place, piece) for place, name in enumerate(offers) for piece in pieces_of(name, fit, customers, catalog)]
    labels = list(dict.fromkeys(piece.label for _, piece in pieces))
    values, costs, chances = np.empty((3, len(offers), len(customers)))
    designs = fit.numbers(customers, labels) if numbers_of is None else numbers_of(labels)
    for label, numbers in zip(labels, designs, strict=True):
        outlook = fit.outlook(numbers)
        value, chance = expected_value(outlook, horizon.months, horizon.annual_discount), ndtr(outlook.a)
        for place, piece in pieces:
            if piece.label == label:
                cost = _piece_cost(piece, outlook, horizon)
                costs[place, piece.rows] = cost
                values[place, piece.rows] = value[piece.rows] - cost
                chances[place, piece.rows] = chance[piece.rows]
    index = pd.Index(customers["customer_id"], name="customer_id")
    found = {"net_values": values, "costs": costs, "chances": chances}
    return {name: pd.DataFrame(array.T, index=index, columns=offers) for name, array in found.items()}


def _piece_cost(piece, outlook, horizon):
    if piece.contract is None:
        return 0.0
    return piece.extra_contact_cost + offer_cost(piece.contract, outlook.rows(piece.rows), horizon)


def net_value_slopes(outlook: Outlook, offer: Offer | None, horizon: Horizon) -> np.ndarray:
    """Return how expected value less cost moves with the model, shape (8, n)."""
    slopes = expected_value_slopes(outlook, horizon.months, horizon.annual_discount)
    return slopes if offer is None else slopes - offer_cost_slopes(offer, outlook, horizon)


def parameter_slopes(fit: SecondLifetimeFit, numbers: dict[str, np.ndarray], slopes: np.ndarray) -> np.ndarray:
    """Return how something moves with each parameter of a fit, shape (n, p), from its slopes in the eight numbers."""
    slopes = slopes.copy()
    if fit.link == "logit":
        slopes[0] *= probit_slope(numbers["reacquisition"] @ fit.coefficients("reacquisition"))
    linear = [numbers[equation] * slopes[place][:, None] for place, equation in enumerate(EQUATIONS)]
    free = slopes[5:].T @ correlation_slopes(fit.theta[-3:])
    return np.column_stack([*linear, slopes[3:5].T, free])
